namespace Tulle.Proxy.Resilience;

/// <summary>What asking a limit came to.</summary>
internal enum Admission : byte
{
    /// <summary>There is no limit, and nothing was counted.</summary>
    Unlimited,

    /// <summary>Counted: to be given back.</summary>
    Taken,

    /// <summary>The limit is reached.</summary>
    Refused,
}

/// <summary>One count with a limit, exact over all loops. A mutable struct: keep it in a field. Any thread.</summary>
internal struct LimitedCount
{
    private int _value;
    private long _refused;

    public readonly int Value => Volatile.Read(in _value);

    /// <summary>How often the limit was met.</summary>
    public readonly long Refused => Volatile.Read(in _refused);

    /// <summary>One more, if the limit allows. 0 is no limit. Whoever is <see cref="Admission.Taken"/> pairs it with <see cref="Release"/>.</summary>
    public Admission TryTake(int limit)
    {
        if (limit == 0) return Admission.Unlimited;
        int seen = Volatile.Read(ref _value);
        while (seen < limit)
        {
            int before = Interlocked.CompareExchange(ref _value, seen + 1, seen);
            if (before == seen) return Admission.Taken;
            seen = before;
        }
        Interlocked.Increment(ref _refused);
        return Admission.Refused;
    }

    /// <summary>One more, whatever the limit is. Pair it with <see cref="Release"/>.</summary>
    public void Take() => Interlocked.Increment(ref _value);

    public void Release() => Interlocked.Decrement(ref _value);
}

/// <summary>
/// The counts of one backend that its connection pool limits, over all loops of the proxy. Limits come with every question,
/// because they change with the configuration while the counts go on. Any thread.
/// </summary>
internal sealed class CircuitBreakerState
{
    public LimitedCount Connections;
    public LimitedCount Pending;
    public LimitedCount Requests;
    public LimitedCount Retries;
}
