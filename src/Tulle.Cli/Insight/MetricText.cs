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
        new("SUCCESS", RightAligned: true) { Paint = cell => PaintHealth(cell, colour) },
        new("RPS", RightAligned: true),
        new("LATENCY_P50", RightAligned: true) { Narrow = "P50", Spare = 4 },
        new("LATENCY_P95", RightAligned: true) { Narrow = "P95", Spare = 1 },
        new("LATENCY_P99", RightAligned: true) { Narrow = "P99" },
    ];

    public static TextCell[] Golden(double? success, double? rps, Latency? latency, long requests) =>
    [
        Success(success, requests),
        requests > 0 && rps is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate:0.0}") : None,
        latency is { } p50 ? Duration.Text(p50.P50) : None,
        latency is { } p95 ? Duration.Text(p95.P95) : None,
        latency is { } p99 ? Duration.Text(p99.P99) : None,
    ];

    public static TextCell[] Golden(Traffic traffic) => Golden(traffic.Success, traffic.Rps, traffic.Latency, traffic.Requests);

    /// <summary>Rounded down: what is not whole never reads 100 %. Its colour is a verdict, which needs enough requests.</summary>
    public static TextCell Success(double? share, long requests) => share is { } success
        ? new TextCell(string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(success * 10_000) / 100:0.00}%"), SuccessHealth.Of(success, (ulong)Math.Max(0, requests)))
        : None;

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

    public static string PaintSecured(TextCell cell, bool colour) => cell.Text switch
    {
        None or "" => cell.Text,
        "yes" => Ansi.Green(cell.Text, colour),
        _ => Ansi.Yellow(cell.Text, colour),
    };

    private static string PaintHealth(TextCell cell, bool colour) => cell.Health switch
    {
        HealthState.Healthy => Ansi.Green(cell.Text, colour),
        HealthState.Degraded => Ansi.Yellow(cell.Text, colour),
        HealthState.Failing => Ansi.Red(cell.Text, colour),
        _ => cell.Text,
    };
}
