using System.Globalization;

namespace Tulle.Cli.Output;

/// <summary>Durations as they are typed (<c>30s</c>, <c>500ms</c>, <c>1m30s</c>) and printed (<c>12ms</c>, <c>350µs</c>).</summary>
internal static class Duration
{
    /// <summary>Whole milliseconds; microseconds below one.</summary>
    public static string Text(double milliseconds) => milliseconds switch
    {
        0 => "0ms",
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(milliseconds * 1000)):0}µs"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(milliseconds):0}ms"),
    };

    /// <summary>How long ago something was, coarsely: <c>45s</c>, <c>12m</c>, <c>5h</c>, <c>3d</c>.</summary>
    public static string Age(TimeSpan age) => age.TotalSeconds switch
    {
        < 0 => "0s",
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{age.TotalSeconds:0}s"),
        < 7_200 => string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:0}m"),
        < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0}h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0}d"),
    };

    /// <summary>Reads Go's syntax, which Kubernetes tools share, and days besides, which the insight API has.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        int at = 0;
        while (at < text.Length)
        {
            int number = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            {
                at++;
            }
            int unit = at;
            while (at < text.Length && !char.IsAsciiDigit(text[at]) && text[at] != '.')
            {
                at++;
            }
            if (!double.TryParse(text.AsSpan(number, unit - number), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
            {
                return false;
            }
            double seconds = text[unit..at] switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, "d" => 86_400, _ => double.NaN };
            if (double.IsNaN(seconds) || value * seconds > TimeSpan.MaxValue.TotalSeconds / 2)
            {
                return false;
            }
            duration += TimeSpan.FromSeconds(value * seconds);
        }
        return text.Length > 0;
    }

    /// <summary>A custom parser for options.</summary>
    public static TimeSpan Parse(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (TryParse(text, out TimeSpan duration))
        {
            return duration;
        }
        result.AddError($"'{text}' is no duration; write it as 500ms, 30s, 1m30s or 7d");
        return default;
    }
}
