using System.Globalization;

namespace Tulle.ControlPlane.Insight;

/// <summary>Go-style durations in whole seconds: <c>30s</c>, <c>5m</c>, <c>1h</c>, <c>7d</c>.</summary>
internal static class Durations
{
    /// <summary>Null when the text is no duration, or none above zero.</summary>
    public static int? Seconds(string text)
    {
        if (text.Length == 0) return null;
        int scale = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        bool valid = int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        return valid && scale > 0 && number > 0 && number <= int.MaxValue / scale ? number * scale : null;
    }
}
