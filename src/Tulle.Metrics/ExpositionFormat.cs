using System.Globalization;

namespace Tulle.Metrics;

/// <summary>The two texts that Prometheus reads.</summary>
public enum ExpositionFormat : byte
{
    /// <summary>Prometheus' text format, version 0.0.4.</summary>
    Prometheus,

    /// <summary>OpenMetrics 1.0.0: the same with units, exemplars and an end that shows that nothing is missing.</summary>
    OpenMetrics,
}

/// <summary>Which of the formats a scraper asks for.</summary>
public static class ExpositionFormats
{
    /// <summary>What the format is called in a Content-Type.</summary>
    public static string ContentType(this ExpositionFormat format) => format == ExpositionFormat.OpenMetrics
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>
    /// The format for an Accept field (RFC 9110 §12.5.1): OpenMetrics where it is wanted at least as much as text, text otherwise,
    /// also for whoever asks for something else, as every exporter does.
    /// </summary>
    /// <param name="accept">The field's value; null or empty without one.</param>
    public static ExpositionFormat Negotiate(string? accept)
    {
        double open = 0, text = 0, any = 0;
        foreach (string range in (accept ?? "").Split(','))
        {
            string[] parts = range.Split(';', StringSplitOptions.TrimEntries);
            double quality = QualityOf(parts);
            switch (parts[0].ToLowerInvariant())
            {
                case "application/openmetrics-text" when Parameter(parts, "version") is null or "1.0.0":
                    open = Math.Max(open, quality);
                    break;
                case "text/plain" or "text/*":
                    text = Math.Max(text, quality);
                    break;
                case "*/*":
                    any = Math.Max(any, quality);
                    break;
            }
        }
        return open > 0 && open >= Math.Max(text, any) ? ExpositionFormat.OpenMetrics : ExpositionFormat.Prometheus;
    }

    private static double QualityOf(string[] parts) => Parameter(parts, "q") is { } text
        ? double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double quality) ? Math.Clamp(quality, 0, 1) : 0
        : 1;

    private static string? Parameter(string[] parts, string name)
    {
        foreach (string part in parts.AsSpan(1))
        {
            int equals = part.IndexOf('=');
            if (equals > 0 && part.AsSpan(0, equals).Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) return part[(equals + 1)..].Trim().Trim('"');
        }
        return null;
    }
}
