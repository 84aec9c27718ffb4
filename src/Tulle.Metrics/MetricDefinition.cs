namespace Tulle.Metrics;

/// <summary>What a metric's numbers mean to Prometheus.</summary>
public enum MetricKind : byte
{
    /// <summary>Only grows, until the process ends. Its name ends in <c>_total</c>.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Cumulative buckets by <c>le</c>, with a sum and a count.</summary>
    Histogram,
}

/// <summary>What users may rely on.</summary>
public enum MetricStability : byte
{
    /// <summary>Name, unit and labels stay within a major version; labels may be added.</summary>
    Stable,

    /// <summary>May change with any release; the release notes say so.</summary>
    Experimental,

    /// <summary>Follows another mesh's names, for boards that were made for it.</summary>
    Compatible,
}

/// <summary>One metric family: what the exposition says of it, and the reference. The one place where its name is written.</summary>
/// <param name="Name">As Prometheus stores it; of a counter with <c>_total</c>.</param>
/// <param name="Kind">Counter, gauge or histogram.</param>
/// <param name="Unit">As in the name: <c>seconds</c>, <c>bytes</c>; empty for a count of things.</param>
/// <param name="Labels">Each label that it can have, for the reference; <c>le</c> of histograms is understood.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Stability">What users may rely on.</param>
public sealed record MetricDefinition(
    string Name, MetricKind Kind, string Unit, IReadOnlyList<string> Labels, string Help, MetricStability Stability = MetricStability.Stable)
{
    private const string CounterSuffix = "_total";

    /// <summary>The name of its family in OpenMetrics, where only a counter's samples end in <c>_total</c>.</summary>
    public string Family => Kind == MetricKind.Counter && Name.EndsWith(CounterSuffix, StringComparison.Ordinal) ? Name[..^CounterSuffix.Length] : Name;

    public static MetricDefinition Counter(string name, string unit, IReadOnlyList<string> labels, string help, MetricStability stability = MetricStability.Stable) =>
        new(name, MetricKind.Counter, unit, labels, help, stability);

    public static MetricDefinition Gauge(string name, string unit, IReadOnlyList<string> labels, string help, MetricStability stability = MetricStability.Stable) =>
        new(name, MetricKind.Gauge, unit, labels, help, stability);

    public static MetricDefinition Histogram(string name, string unit, IReadOnlyList<string> labels, string help, MetricStability stability = MetricStability.Stable) =>
        new(name, MetricKind.Histogram, unit, labels, help, stability);
}
