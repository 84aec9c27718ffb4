using Tulle.Proxy.Health;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Resilience;

/// <summary>
/// What all loops share of one backend: its limits' counts and its endpoints' health. Made when the first loop uses the
/// backend, dropped with the last. Any thread.
/// </summary>
internal sealed class SharedBackendState(string name)
{
    private readonly Lock _lock = new();
    private readonly List<BackendChecks> _checks = [];
    private BackendLimits[] _loops = [];
    private BackendModel? _model;
    private ConnectionPoolModel _pool = ConnectionPoolModel.None;

    public string Name { get; } = name;

    public CircuitBreakerState Breaker { get; } = new();

    public BackendHealth Health { get; } = new();

    /// <summary>The limits in force. Any thread.</summary>
    public ConnectionPoolModel Pool
    {
        get => Volatile.Read(ref _pool);
        set => Volatile.Write(ref _pool, value);
    }

    /// <summary>Loops that use it; kept by <see cref="SharedStates"/> under its lock.</summary>
    internal int Users { get; set; }

    internal void Add(BackendLimits loop)
    {
        lock (_lock) _loops = [.. _loops, loop];
    }

    internal void Remove(BackendLimits loop)
    {
        lock (_lock) _loops = [.. _loops.Where(other => !ReferenceEquals(other, loop))];
    }

    /// <summary>A connection of that loop was closed, and nobody waits there.</summary>
    internal void WakeOthers(BackendLimits loop)
    {
        foreach (BackendLimits other in Volatile.Read(ref _loops))
        {
            if (!ReferenceEquals(other, loop)) other.PostWake();
        }
    }

    /// <summary>That loop needs a connection: one of the others gives up an idle one, if it has any.</summary>
    internal bool TryClaimIdle(BackendLimits loop)
    {
        foreach (BackendLimits other in Volatile.Read(ref _loops))
        {
            if (!ReferenceEquals(other, loop) && other.TryPromise(loop)) return true;
        }
        return false;
    }

    /// <summary>Whether that loop checks the endpoints: the first one that asks, until it is released.</summary>
    internal bool TryOwnChecks(BackendChecks loop)
    {
        lock (_lock)
        {
            if (!_checks.Contains(loop)) _checks.Add(loop);
            return ReferenceEquals(_checks[0], loop);
        }
    }

    /// <summary>That loop checks no more; the next one in line goes on.</summary>
    internal void ReleaseChecks(BackendChecks loop)
    {
        lock (_lock)
        {
            if (_checks.Remove(loop) && _checks.Count > 0) _checks[0].PostTakeOver();
        }
    }

    /// <summary>Takes a version of the backend: every loop hands in the same one, and the first does the work.</summary>
    public void Update(BackendModel model, long now)
    {
        if (ReferenceEquals(Interlocked.Exchange(ref _model, model), model)) return;
        Pool = model.ConnectionPool;
        Health.Update(model.Outlier, model.FailureAccrual, model.Endpoints, now);
    }
}
