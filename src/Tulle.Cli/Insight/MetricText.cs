using System.Globalization;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;
using Tulle.ControlPlane.Insight;

namespace Tulle.Cli.Insight;

/// <summary>Golden metrics as the cells of a table; a dash where there is nothing to tell.</summary>
internal static class MetricText
{
    public const string None = "-";

    /// <summary>Columns for the cells of golden metrics.</summary>
    public static TextColumn[] GoldenColumns(bool colour) =>
    [
        new("SUCCESS", RightAligned: true) { Paint = cell => PaintSuccess(cell, colour) },
        new("RPS", RightAligned: true),
        new("LATENCY_P50", RightAligned: true) { Narrow = "P50", Spare = 4 },
        new("LATENCY_P95", RightAligned: true) { Narrow = "P95" },
        new("LATENCY_P99", RightAligned: true) { Narrow = "P99" },
    ];

    public static string[] Golden(double? success, double? rps, Latency? latency, long requests) =>
    [
        Success(success),
        requests > 0 && rps is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate:0.0}") : None,
        latency is { } p50 ? Duration.Text(p50.P50) : None,
        latency is { } p95 ? Duration.Text(p95.P95) : None,
        latency is { } p99 ? Duration.Text(p99.P99) : None,
    ];

    public static string[] Golden(Traffic traffic) => Golden(traffic.Success, traffic.Rps, traffic.Latency, traffic.Requests);

    /// <summary>Rounded down: what is not whole never reads 100 %.</summary>
    public static string Success(double? share) =>
        share is { } success ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(success * 10_000) / 100:0.00}%") : None;

    public static string Count(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? None;

    /// <summary>Bytes in powers of 1024: <c>512B</c>, <c>1.5KiB</c>.</summary>
    public static string Bytes(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        int unit = 0;
        while (bytes >= 1024 && unit < units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }
        return unit == 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes:0}B") : string.Create(CultureInfo.InvariantCulture, $"{bytes:0.0}{units[unit]}");
    }

    /// <summary>Whether traffic went over mesh mTLS: yes, no, or the share of it that did.</summary>
    public static string Secured(double? mtls) => mtls switch
    {
        null => None,
        1 => "yes",
        0 => "no",
        { } share => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(share * 100):0}%"),
    };

    public static string PaintSecured(string cell, bool colour) => cell.Trim() switch
    {
        None or "" => cell,
        "yes" => Ansi.Green(cell, colour),
        _ => Ansi.Yellow(cell, colour),
    };

    private static string PaintSuccess(string cell, bool colour)
    {
        if (!double.TryParse(cell.AsSpan().Trim().TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out double percent)) return cell;
        return SuccessHealth.Of(percent / 100) switch
        {
            HealthState.Healthy => Ansi.Green(cell, colour),
            HealthState.Degraded => Ansi.Yellow(cell, colour),
            _ => Ansi.Red(cell, colour),
        };
    }
}
