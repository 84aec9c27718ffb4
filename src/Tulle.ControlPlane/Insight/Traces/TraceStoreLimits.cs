namespace Tulle.ControlPlane.Insight.Traces;

/// <summary>What a store of traces may grow to; the oldest traces give way.</summary>
internal sealed record TraceStoreLimits
{
    /// <summary>100,000: half a day of ten spans a second, or four hours of a busy shop.</summary>
    public long Spans { get; init; } = 100_000;

    /// <summary>Of the spans themselves, 128 MB: a little more than 1 KB for each. The file is about a fifth larger.</summary>
    public long Bytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>As long as metrics are remembered.</summary>
    public TimeSpan Age { get; init; } = TimeSpan.FromDays(7);

    /// <summary>More than anybody reads of one trace.</summary>
    public int SpansPerTrace { get; init; } = 2_000;

    /// <summary>Spans that may wait for being written, which is done every second.</summary>
    public int Waiting { get; init; } = 20_000;

    /// <summary>Bytes of those.</summary>
    public long WaitingBytes { get; init; } = 16 * 1024 * 1024;
}
