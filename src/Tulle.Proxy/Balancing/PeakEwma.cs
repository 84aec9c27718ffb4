namespace Tulle.Proxy.Balancing;

/// <summary>
/// A latency estimate that jumps to every new peak at once and forgets it exponentially, so that a slow endpoint is noticed
/// with its first slow response and forgiven over time, also when nothing is sent to it. Times in microseconds.
/// </summary>
internal struct PeakEwma
{
    /// <summary>Estimate before the first response. 30 ms, Linkerd's default.</summary>
    public const double DefaultRttMicros = 30_000;

    /// <summary>Time in which a peak falls to 1/e. 10 s, Linkerd's default.</summary>
    public const double DecayMicros = 10_000_000;

    private double _estimate;
    private long _updated;

    public PeakEwma(long now)
    {
        _estimate = DefaultRttMicros;
        _updated = now;
    }

    /// <summary>The estimate at that time.</summary>
    public readonly double At(long now) => _estimate * Weight(now);

    /// <summary>Takes a measured response time.</summary>
    public void Observe(long now, long rttMicros)
    {
        double weight = Weight(now);
        double decayed = _estimate * weight;
        // Against the decayed estimate a fresh peak counts in full; anything faster moves the average.
        _estimate = rttMicros > decayed ? rttMicros : decayed + rttMicros * (1 - weight);
        _updated = Math.Max(_updated, now);
    }

    private readonly double Weight(long now) => now <= _updated ? 1 : Math.Exp((_updated - now) / DecayMicros);
}
