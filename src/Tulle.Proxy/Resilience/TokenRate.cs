namespace Tulle.Proxy.Resilience;

/// <summary>
/// A token bucket in one number, after the generic cell rate algorithm (ITU-T I.371): the time at which the bucket will be
/// full again. Exact over all loops without a lock. A mutable struct: keep it in a field. Times in microseconds.
/// </summary>
internal struct TokenRate
{
    // In units of 1/64 microsecond, so that a million requests a second have whole intervals, and any clock fits.
    private const int Scale = 64;

    private long _fullAt;

    /// <summary>When the bucket is full: it then says nothing that a new one would not.</summary>
    public readonly long FullAt => Volatile.Read(in _fullAt) / Scale;

    /// <summary>Takes a token; false when there is none, and then <paramref name="waitMicros"/> is when there will be one.</summary>
    /// <param name="perSecond">Tokens per second.</param>
    /// <param name="burst">Tokens of a full bucket, at least 1.</param>
    public bool TryTake(double perSecond, double burst, long now, out long waitMicros)
    {
        waitMicros = 0;
        long interval = (long)(1_000_000d * Scale / perSecond);
        long tolerance = (long)((Math.Max(1, burst) - 1) * interval);
        long time = now * Scale;
        while (true)
        {
            long seen = Volatile.Read(ref _fullAt);
            long from = Math.Max(seen, time);
            long ahead = from - time - tolerance;
            if (ahead > 0)
            {
                waitMicros = (ahead + Scale - 1) / Scale;
                return false;
            }
            if (Interlocked.CompareExchange(ref _fullAt, from + interval, seen) == seen) return true;
        }
    }
}
