namespace Tulle.Proxy.Resilience;

/// <summary>
/// What loops share, by name: backends and destinations in use. Loops come here when they first see one and when they forget
/// it, never per request. Thread-safe.
/// </summary>
internal sealed class SharedStates
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SharedBackendState> _backends = [];
    private readonly Dictionary<string, SharedDestinationState> _destinations = [];

    /// <summary>A loop begins to use a backend. Pair with <see cref="Release"/>.</summary>
    public SharedBackendState AcquireBackend(string name)
    {
        lock (_lock)
        {
            if (!_backends.TryGetValue(name, out SharedBackendState? state)) _backends.Add(name, state = new SharedBackendState(name));
            state.Users++;
            return state;
        }
    }

    /// <summary>A loop has forgotten a backend.</summary>
    public void Release(SharedBackendState state)
    {
        lock (_lock)
        {
            if (--state.Users == 0) _backends.Remove(state.Name);
        }
    }

    /// <summary>A loop begins to use a destination. Pair with <see cref="ReleaseDestination"/>.</summary>
    public SharedDestinationState AcquireDestination(string authority)
    {
        lock (_lock)
        {
            if (!_destinations.TryGetValue(authority, out SharedDestinationState? state)) _destinations.Add(authority, state = new SharedDestinationState());
            state.Users++;
            return state;
        }
    }

    /// <summary>A loop has forgotten a destination.</summary>
    public void ReleaseDestination(string authority)
    {
        lock (_lock)
        {
            if (_destinations.TryGetValue(authority, out SharedDestinationState? state) && --state.Users == 0) _destinations.Remove(authority);
        }
    }

    /// <summary>Every backend in use, for metrics and /config.</summary>
    public IReadOnlyList<SharedBackendState> Backends
    {
        get
        {
            lock (_lock) return [.. _backends.Values];
        }
    }
}
