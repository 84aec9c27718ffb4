using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Tables;

/// <summary>Ages as kubectl users know them: <c>45s</c>, <c>5m3s</c>, <c>3h12m</c>, <c>7d</c>.</summary>
internal static class Durations
{
    public static string Age(JsonNode? value, DateTimeOffset now, params ReadOnlySpan<string> path) =>
        Parse(value.Text(path)) is { } time ? Human(now - time) : "<unknown>";

    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    /// <summary>Two units where the smaller one still matters, one where it does not.</summary>
    public static string Human(TimeSpan span)
    {
        long seconds = Math.Max(0, (long)span.TotalSeconds);
        long minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
        return seconds switch
        {
            < 120 => $"{seconds}s",
            < 600 => Two(minutes, "m", seconds % 60, "s"),
            < 3 * 3600 => $"{minutes}m",
            < 8 * 3600 => Two(hours, "h", minutes % 60, "m"),
            < 48 * 3600 => $"{hours}h",
            < 8 * 86400 => Two(days, "d", hours % 24, "h"),
            < 2 * 365 * 86400L => $"{days}d",
            < 8 * 365 * 86400L => Two(days / 365, "y", days % 365, "d"),
            _ => $"{days / 365}y",
        };
    }

    private static string Two(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}
