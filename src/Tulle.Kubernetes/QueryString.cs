using System.Text;

namespace Tulle.Kubernetes;

internal static class QueryString
{
    /// <summary>The query of a URL with its question mark; parameters without a value are left out.</summary>
    public static string Of(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var text = new StringBuilder();
        foreach ((string name, string? value) in parameters)
        {
            if (string.IsNullOrEmpty(value)) continue;
            text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
        return text.ToString();
    }
}
