using System.Globalization;

namespace Tulle.Local.Compose;

/// <summary>Durations as Compose writes them: <c>1m30s</c>, <c>500ms</c>, <c>10s</c>.</summary>
internal static class ComposeDuration
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        double micros = 0;
        int i = 0;
        while (i < text.Length)
        {
            int start = i;
            while (i < text.Length && (char.IsAsciiDigit(text[i]) || text[i] == '.')) i++;
            if (!double.TryParse(text.AsSpan(start, i - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return false;
            start = i;
            while (i < text.Length && char.IsAsciiLetter(text[i])) i++;
            double unit = text[start..i] switch { "us" => 1, "ms" => 1e3, "s" => 1e6, "m" => 60e6, "h" => 3600e6, _ => 0 };
            if (unit == 0) return false;
            micros += number * unit;
        }
        if (text.Length == 0 || micros > TimeSpan.FromDays(365).TotalMicroseconds) return false;
        duration = TimeSpan.FromMicroseconds(micros);
        return true;
    }
}
