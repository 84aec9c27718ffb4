namespace Tulle.Proxy.Tracing;

/// <summary>What the proxy does about traces where no policy says anything. Immutable.</summary>
internal sealed record TracingConfig
{
    /// <summary>Share of new traces that are recorded, per million. 1 %: Istio's default.</summary>
    public uint SamplingPpm { get; init; } = 10_000;

    /// <summary>
    /// Without a response's head for this long, a request is slow and its span is reported even if its trace is not recorded. 1 s: where
    /// people begin to wait.
    /// </summary>
    public TimeSpan Slow { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most spans reported a second, of recorded traces. 1,000: 1 % of what a core can do, twice.</summary>
    public int SpansPerSecond { get; init; } = 1_000;

    /// <summary>
    /// Most spans reported a second of failed and slow requests whose trace is not recorded: when everything fails, a hundred a second
    /// say why.
    /// </summary>
    public int FailuresPerSecond { get; init; } = 100;
}
