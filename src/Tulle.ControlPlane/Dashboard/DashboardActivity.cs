namespace Tulle.ControlPlane.Dashboard;

/// <summary>How much is asked of the dashboard's listener, for those who look after the control plane. Thread-safe.</summary>
internal sealed class DashboardActivity(DashboardOptions? options)
{
    private int _questions;
    private long _evaluations;

    public bool IsServed => options is not null;

    /// <summary>Connections that are open.</summary>
    public BoundedCount Connections { get; } = new(options?.Limits.Connections ?? 0);

    /// <summary>Streams that are open.</summary>
    public BoundedCount Streams { get; } = new(options?.Limits.Streams ?? 0);

    /// <summary>Questions that some stream follows.</summary>
    public int Questions => Volatile.Read(ref _questions);

    /// <summary>Times that some question was asked.</summary>
    public long Evaluations => Interlocked.Read(ref _evaluations);

    public void Follows(int questions) => Volatile.Write(ref _questions, questions);

    public void Evaluated() => Interlocked.Increment(ref _evaluations);
}
