using Tulle.Protocol;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Outbound;

/// <summary>One authority on one event loop: the model in force, its backends' endpoints, and who waits for the first answer. Loop thread only.</summary>
internal sealed class DestinationState(Worker worker, string authority)
{
    private readonly DiscoveryWaiters _waiters = new(worker);
    private ExternalState? _external;
    private TrafficSeries?[] _series = [];

    /// <summary><c>host:port</c>, lower case.</summary>
    public string Authority { get; } = authority;

    /// <summary>Null before the first answer.</summary>
    public DestinationModel? Model { get; private set; }

    /// <summary>In the order of the model's backends.</summary>
    public BackendState[] Backends { get; private set; } = [];

    /// <summary>Retry budget and rate limits, shared with the other loops.</summary>
    public SharedDestinationState Shared { get; } = worker.Shared.AcquireDestination(authority);

    public long LastUsedMs { get; set; }

    /// <summary>Servers behind this authority spoke first the last time, so the next client need not be waited for.</summary>
    public bool ServerSpeaksFirst { get; set; }

    public bool HasWaiters => !_waiters.IsEmpty || _external is { HasWaiters: true };

    /// <summary>Waits for the first answer. Done when it is there; Wait when it will signal the session; Failed with a reason.</summary>
    public Step Await(Session session, out MeshError error)
    {
        Step known = AwaitModel(session, out error);
        return known == Step.Done && Model!.Resolution == Resolution.NotFound ? External.Await(session, out error) : known;
    }

    /// <summary>As <see cref="Await"/>, but without the addresses of names that the mesh does not know.</summary>
    public Step AwaitModel(Session session, out MeshError error)
    {
        error = MeshError.None;
        if (Model is not null) return Step.Done;
        return _waiters.Join(session, out error);
    }

    /// <summary>The session waits no longer. Harmless when it did not.</summary>
    public void StopWaiting(Session session)
    {
        _waiters.Leave(session);
        _external?.StopWaiting(session);
    }

    public void Apply(DestinationModel model)
    {
        BackendState[] before = Backends;
        var backends = new BackendState[model.Backends.Length];
        for (int i = 0; i < backends.Length; i++)
        {
            BackendModel backend = model.Backends[i];
            // By name the same backend: its endpoints keep their connections and what the balancer knows about them.
            backends[i] = Array.Find(before, old => old.Name == backend.Name) ?? new BackendState(worker, backend);
            backends[i].Update(model, backend);
        }
        Backends = backends;
        _series = new TrafficSeries?[model.Names.Names.Count + 1];
        Model = model;
        Shared.Budget.Model = model.RetryBudget;
        foreach (BackendState old in before)
        {
            if (Array.IndexOf(backends, old) < 0) old.Release();
        }

        _waiters.SignalAll();
    }

    /// <summary>Where requests are counted that are answered here, or have not reached a backend yet.</summary>
    /// <param name="routeName">Index of the named route; -1 for none.</param>
    public TrafficSeries Series(int routeName)
    {
        DestinationModel model = Model!;
        return _series[routeName + 1] ??= worker.Metrics.Series(new SeriesKey(
            Direction.Outbound, "", "", model.ServiceNamespace, model.ServiceName, model.ServicePort, Backend: "",
            routeName < 0 ? "" : model.Names.Names[routeName], Tls: false));
    }

    /// <summary>Lets its endpoints go.</summary>
    public void Release()
    {
        foreach (BackendState backend in Backends) backend.Release();
        Backends = [];
        worker.Shared.ReleaseDestination(Authority);
        _external?.Release();
    }

    /// <summary>What stands in for backends where the mesh does not know the name.</summary>
    public ExternalState External => _external ??= new ExternalState(worker, Authority);
}
