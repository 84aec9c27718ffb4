using System.Text;

namespace Tulle.Model.Validation;

/// <summary>The protobuf spelling of a field name: <c>perTryTimeout</c> is <c>per_try_timeout</c>.</summary>
internal static class SnakeCase
{
    public static string Of(string camel)
    {
        var text = new StringBuilder(camel.Length + 4);
        foreach (char c in camel)
        {
            if (char.IsAsciiLetterUpper(c))
                text.Append('_').Append(char.ToLowerInvariant(c));
            else
                text.Append(c);
        }
        return text.ToString();
    }

    /// <summary>The JSON spelling: <c>per_try_timeout</c> is <c>perTryTimeout</c>; <c>http1_max_pending_requests</c> is <c>http1MaxPendingRequests</c>.</summary>
    public static string ToCamel(string snake)
    {
        var text = new StringBuilder(snake.Length);
        bool upper = false;
        foreach (char c in snake)
        {
            if (c == '_' && text.Length > 0)
                upper = true;
            else
                text.Append(upper ? char.ToUpperInvariant(c) : c);
            if (c != '_')
                upper = false;
        }
        return text.ToString();
    }
}
