using System.Text;

namespace Tulle.Local.Compose;

/// <summary>
/// Variables in values of a Compose file: <c>$VAR</c>, <c>${VAR}</c>, <c>${VAR:-default}</c>, <c>${VAR-default}</c>,
/// <c>${VAR:?message}</c> and <c>$$</c>. <c>PORT</c> stays as it is: it differs from replica to replica.
/// </summary>
internal sealed class Interpolation(Func<string, string?> variable)
{
    /// <summary>How a replica's port is written in values.</summary>
    public const string Port = "${PORT}";

    /// <summary>Puts in the values of variables. A variable without value and default is a fault, since an empty word in a command is seldom meant.</summary>
    /// <returns>The text, or what is wrong with it.</returns>
    public (string Text, string? Fault) Apply(string text)
    {
        if (!text.Contains('$', StringComparison.Ordinal)) return (text, null);
        var result = new StringBuilder();
        string? fault = null;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }
            char next = text[i + 1];
            if (next == '$')
            {
                result.Append('$');
                i++;
            }
            else if (next == '{')
            {
                int end = Closing(text, i + 2);
                if (end < 0) return (text, "'${' is not closed by '}'");
                (string value, string? wrong) = Braced(text[(i + 2)..end]);
                result.Append(value);
                fault ??= wrong;
                i = end;
            }
            else if (IsNameStart(next))
            {
                int end = i + 1;
                while (end < text.Length && IsName(text[end])) end++;
                (string value, string? wrong) = Braced(text[(i + 1)..end]);
                result.Append(value);
                fault ??= wrong;
                i = end - 1;
            }
            else
            {
                result.Append('$');
            }
        }
        return (result.ToString(), fault);
    }

    private (string Text, string? Fault) Braced(string expression)
    {
        int length = 0;
        while (length < expression.Length && IsName(expression[length])) length++;
        string name = expression[..length];
        string rest = expression[length..];
        if (name.Length == 0 || !IsNameStart(name[0])) return ("", $"'${{{expression}}}' names no variable");
        if (name == "PORT") return (Port, null);

        string? value = variable(name);
        if (rest.StartsWith(':') && value is { Length: 0 }) value = null;
        string operation = rest.TrimStart(':');
        if (value is not null && (rest.Length == 0 || operation is ['-' or '?' or '+', ..]))
            return operation.StartsWith('+') ? Apply(operation[1..]) : (value, null);
        return operation switch
        {
            ['-', .. var fallback] => Apply(fallback),
            ['+', ..] => ("", null),
            ['?', .. var message] => ("", $"variable {name} is not set: {message}"),
            [] when rest.Length == 0 => ("", $"variable {name} is not set"),
            _ => ("", $"'${{{expression}}}' is not understood"),
        };
    }

    private static int Closing(string text, int from)
    {
        int depth = 1;
        for (int i = from; i < text.Length; i++)
        {
            if (text[i] == '{' && text[i - 1] == '$') depth++;
            else if (text[i] == '}' && --depth == 0) return i;
        }
        return -1;
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
