using System.Buffers;
using System.Globalization;

namespace Tulle.Model.Validation;

/// <summary>Escapes and names of classes in regular expressions.</summary>
internal static class RegexEscapes
{
    public static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private static readonly string[] s_classes =
        ["alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word", "xdigit"];

    public static bool IsNamedClass(string name) => s_classes.Contains(name.StartsWith('^') ? name[1..] : name);

    /// <summary>Reads the escape at a backslash: the character it stands for, null when it stands for several, or what is wrong.</summary>
    public static (int? Character, string? Fault) Read(string pattern, ref int position)
    {
        if (position + 1 >= pattern.Length)
        {
            position = pattern.Length;
            return (null, "ends in a backslash");
        }
        char escaped = pattern[position + 1];
        position += 2;
        return escaped switch
        {
            'd' or 'D' or 'w' or 'W' or 's' or 'S' => (null, null),
            't' => ('\t', null),
            'n' => ('\n', null),
            'r' => ('\r', null),
            'f' => ('\f', null),
            'v' => ('\v', null),
            'a' => ('\a', null),
            'x' => Hexadecimal(pattern, ref position),
            >= '1' and <= '9' => (null, $"has the back-reference \\{escaped}, which is not supported"),
            _ when char.IsAsciiLetterOrDigit(escaped) || escaped > 127 => (null, $"has the escape \\{escaped}, which is not supported"),
            _ => (escaped, null),
        };
    }

    private static (int? Character, string? Fault) Hexadecimal(string pattern, ref int position)
    {
        bool braces = position < pattern.Length && pattern[position] == '{';
        int start = braces ? position + 1 : position;
        int length = braces ? pattern.IndexOf('}', start) - start : 2;
        if (length < 1 || start + length > pattern.Length
            || !int.TryParse(pattern.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) || value is < 0 or > 127)
            return (null, "has \\x without two hexadecimal digits, or {…}, of an ASCII character behind it");
        position = start + length + (braces ? 1 : 0);
        return (value, null);
    }
}
