namespace Tulle.Proxy.Telemetry;

/// <summary>Lets at most a rate through, with a burst of one second's worth. Thread-safe.</summary>
internal sealed class TokenBucket(double perSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly double _capacity = Math.Max(1, perSecond);
    private double _tokens = Math.Max(1, perSecond);
    private long _last = time.GetTimestamp();

    // No token before then, so that the many that come too early need no lock.
    private long _next = long.MinValue;

    public bool TryTake()
    {
        long now = time.GetTimestamp();
        if (now < Volatile.Read(ref _next)) return false;
        lock (_lock)
        {
            now = Math.Max(now, _last);
            _tokens = Math.Min(_capacity, _tokens + time.GetElapsedTime(_last, now).TotalSeconds * perSecond);
            _last = now;
            if (_tokens < 1)
            {
                Volatile.Write(ref _next, now + (long)((1 - _tokens) / perSecond * time.TimestampFrequency));
                return false;
            }
            _tokens--;
            return true;
        }
    }
}
