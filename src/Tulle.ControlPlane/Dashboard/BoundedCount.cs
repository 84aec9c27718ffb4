namespace Tulle.ControlPlane.Dashboard;

/// <summary>How many there are of something that there may only be so many of, and how many were one too many. Thread-safe.</summary>
internal sealed class BoundedCount(int limit)
{
    private int _used;
    private long _refused;

    public int Limit => limit;

    public int Used => Volatile.Read(ref _used);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>False when there are as many as there may be; otherwise <see cref="Leave"/> ends it.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _used) <= limit) return true;
        Interlocked.Decrement(ref _used);
        Interlocked.Increment(ref _refused);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _used);
}
