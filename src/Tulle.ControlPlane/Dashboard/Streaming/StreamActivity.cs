namespace Tulle.ControlPlane.Dashboard.Streaming;

/// <summary>How much is streamed to open dashboards, for those who look after the control plane. Thread-safe.</summary>
internal sealed class StreamActivity(DashboardOptions? options)
{
    private int _streams;
    private int _questions;
    private long _evaluations;
    private long _refused;

    public bool IsServed => options is not null;

    public int MaxStreams => options?.Limits.Streams ?? 0;

    /// <summary>Streams that are open.</summary>
    public int Streams => Volatile.Read(ref _streams);

    /// <summary>Questions that some stream follows.</summary>
    public int Questions => Volatile.Read(ref _questions);

    /// <summary>Times that some question was asked.</summary>
    public long Evaluations => Interlocked.Read(ref _evaluations);

    /// <summary>Streams that were one too many.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>False when there are as many as there may be; otherwise <see cref="Close"/> ends it.</summary>
    public bool TryOpen()
    {
        if (Interlocked.Increment(ref _streams) <= MaxStreams) return true;
        Interlocked.Decrement(ref _streams);
        Interlocked.Increment(ref _refused);
        return false;
    }

    public void Close() => Interlocked.Decrement(ref _streams);

    public void Follows(int questions) => Volatile.Write(ref _questions, questions);

    public void Evaluated() => Interlocked.Increment(ref _evaluations);
}
