using System.Text;

namespace Tulle.Metrics;

/// <summary>Labels as they are written between the braces.</summary>
public static class LabelSet
{
    /// <summary>Pairs of name and value; a pair with an empty value is left out, which means the same to Prometheus.</summary>
    public static string Of(params ReadOnlySpan<(string Name, string Value)> pairs)
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in pairs)
        {
            if (value.Length == 0) continue;
            if (text.Length > 0) text.Append(',');
            text.Append(name).Append("=\"");
            foreach (char c in value)
            {
                if (c == '\n') text.Append("\\n");
                else if (c is '"' or '\\') text.Append('\\').Append(c);
                else text.Append(c);
            }
            text.Append('"');
        }
        return text.ToString();
    }

    /// <summary>Two sets as one.</summary>
    public static string Join(string left, string right) => left.Length == 0 ? right : right.Length == 0 ? left : $"{left},{right}";
}
