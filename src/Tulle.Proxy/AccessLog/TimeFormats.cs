using System.Text;

namespace Tulle.Proxy.AccessLog;

/// <summary>Turns the formats of <c>strftime</c>, as Envoy's START_TIME takes them, into the platform's.</summary>
internal static class TimeFormats
{
    /// <summary>Envoy's default, RFC 3339 with milliseconds.</summary>
    public const string Default = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>The platform's format, or that seconds since 1970 are wanted, or what is wrong.</summary>
    public static (string? Format, bool IsUnix, string? Error) Translate(string text)
    {
        if (text == "%s") return (null, true, null);
        var format = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                // A lone custom specifier would be taken for a standard format, and letters for specifiers.
                format.Append('\\').Append(text[i]);
                continue;
            }
            i++;
            int digits = i < text.Length && char.IsAsciiDigit(text[i]) ? text[i++] - '0' : 0;
            string? part = (i < text.Length ? text[i] : '\0') switch
            {
                'Y' => "yyyy",
                'm' => "MM",
                'd' => "dd",
                'H' => "HH",
                'M' => "mm",
                'S' => "ss",
                'F' => "yyyy-MM-dd",
                'T' => "HH:mm:ss",
                'b' => "MMM",
                'z' => "\\+\\0\\0\\0\\0",
                'Z' => "\\U\\T\\C",
                'f' => new string('f', digits == 0 ? 6 : Math.Min(digits, 7)),
                '%' => "\\%",
                _ => null,
            };
            if (part is null) return (null, false, $"%START_TIME({text})% has a part that is not supported; there are %Y %m %d %H %M %S %F %T %b %z %Z %f %3f %6f, or %s alone");
            format.Append(part);
        }
        return (format.ToString(), false, null);
    }
}
