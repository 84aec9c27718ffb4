using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Health;
using Tulle.Proxy.Pooling;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Outbound;

/// <summary>A backend on one event loop: its balancer, and where its traffic is counted. Loop thread only.</summary>
internal sealed class BackendState
{
    private readonly Worker _worker;
    private readonly BalancerState _balancer;
    private readonly Dictionary<EndpointState, TrafficSeries?[]> _series = [];
    private SharedBackendState? _shared;
    private BackendChecks? _checks;
    private EndpointState? _lastEndpoint;
    private TrafficSeries?[] _lastSeries = [];

    public BackendState(Worker worker, BackendModel backend)
    {
        _worker = worker;
        Name = backend.Name;
        Model = backend;
        _balancer = new BalancerState(worker.Endpoints);
    }

    public string Name { get; }

    /// <summary>The version in force.</summary>
    public BackendModel Model { get; private set; }

    /// <summary>What may be sent to it; null without limits.</summary>
    public BackendLimits? Limits { get; private set; }

    /// <summary>It has endpoints, usable or not.</summary>
    public bool HasEndpoints => Model.Endpoints.Length > 0;

    public (string Namespace, string Name, uint Port) Service { get; private set; }

    /// <summary>What its servers speak.</summary>
    public Protocol.Protocol Protocol { get; private set; }

    /// <summary>Names for per-route metrics.</summary>
    public IReadOnlyList<string> RouteNames { get; private set; } = [];

    /// <summary>Where requests are counted that reached no endpoint.</summary>
    public TrafficSeries SeriesWithoutEndpoint => field ??= SeriesOf("", "", -1);

    /// <summary>Takes a new version of the backend.</summary>
    public void Update(DestinationModel destination, BackendModel backend)
    {
        Service = backend.ServiceName.Length > 0
            ? (backend.ServiceNamespace, backend.ServiceName, backend.ServicePort)
            : (destination.ServiceNamespace, destination.ServiceName, destination.ServicePort);
        Protocol = backend.Protocol;
        if (_shared is null && (backend.IsWatched || backend.ConnectionPool != ConnectionPoolModel.None)) _shared = _worker.Shared.AcquireBackend(Name);
        _shared?.Update(backend, _worker.Loop.NowMicros);
        UpdateLimits(backend.ConnectionPool);
        UpdateEndpoints(backend, destination.Names.Names);
        if (backend.HealthCheck is not null) _checks ??= new BackendChecks(_worker, _shared!);
        _checks?.Update(backend, _balancer.Candidates, PoolOf);
    }

    /// <summary>Takes the addresses of a name outside of the mesh.</summary>
    public void UpdateExternal(BackendModel backend)
    {
        Service = ("", Name, 0);
        UpdateEndpoints(backend, []);
    }

    /// <summary>An endpoint for a request; null when none is usable.</summary>
    /// <param name="isProbe">The request decides whether the endpoint takes others: report its result whatever happens.</param>
    public Candidate? Pick(in PickRequest request, out bool isProbe) => _balancer.Pick(request, _worker.Loop.NowMicros, _worker.Random, out isProbe);

    /// <summary>
    /// A usable endpoint with a connection that can take a request, for when no further one may be made; null without, and
    /// where requests belong to the endpoint of their key.
    /// </summary>
    /// <param name="http2ToMeshed">Whether meshed endpoints are spoken to in HTTP/2.</param>
    /// <param name="http2ToOthers">Whether the others are.</param>
    /// <param name="tried">Those that the request was sent to already.</param>
    public Candidate? PickIdle(bool http2ToMeshed, bool http2ToOthers, TriedEndpoints tried)
    {
        if (Model.LoadBalancer.IsSticky) return null;
        foreach (Candidate candidate in _balancer.Candidates)
        {
            bool http2 = candidate.State.Model.IsMeshed ? http2ToMeshed : http2ToOthers;
            if (candidate.IsUsable && candidate.State.Attachment is EndpointPool pool && pool.HasIdle(http2) && !tried.Contains(candidate)) return candidate;
        }
        return null;
    }

    /// <summary>Hears how an attempt at an endpoint ended, HTTP's or that of an opaque connection.</summary>
    public void Observe(Candidate candidate, AttemptResult result, int status, int grpcStatus, bool isProbe) =>
        candidate.Health?.Observe(result, status, grpcStatus, isProbe, _worker.Loop.NowMicros, _worker.Random);

    /// <summary>Hears whether a connection for an opaque stream came up: all that can be known of its server.</summary>
    /// <param name="error">Why it did not; <see cref="MeshError.None"/> when it did.</param>
    public void ObserveConnect(Candidate candidate, MeshError error, bool isProbe)
    {
        bool connected = error == MeshError.None;
        if (connected) candidate.State.OnConnected();
        else candidate.State.OnConnectFailed(_worker.Loop.NowMicros);
        AttemptResult result = connected ? AttemptResult.Response : AttemptResult.LocalFailure;
        int status = connected ? 200 : 0;
        candidate.State.Counters.Record(result, status, error, _worker.Loop.NowMicros);
        Observe(candidate, result, status, AttemptOutcome.NoGrpcStatus, isProbe);
    }

    /// <summary>The connections to one of its endpoints.</summary>
    public EndpointPool PoolOf(Candidate candidate) => EndpointPool.Of(_worker, candidate.State, Limits);

    /// <summary>Where an endpoint's traffic is counted.</summary>
    /// <param name="routeName">Index of the named route; -1 for none. One of an earlier model, under which the request was routed, is taken for none.</param>
    public TrafficSeries Series(EndpointState endpoint, int routeName)
    {
        if (routeName >= RouteNames.Count) routeName = -1;
        if (endpoint != _lastEndpoint)
        {
            if (!_series.TryGetValue(endpoint, out TrafficSeries?[]? found))
                _series[endpoint] = found = new TrafficSeries?[RouteNames.Count + 1];
            _lastEndpoint = endpoint;
            _lastSeries = found;
        }
        return _lastSeries[routeName + 1] ??= SeriesOf(endpoint.Model.Identity, endpoint.Model.Workload, routeName);
    }

    public void Release()
    {
        _checks?.Release();
        _checks = null;
        _balancer.Clear();
        Limits?.Release();
        Limits = null;
        if (_shared is not null) _worker.Shared.Release(_shared);
        _shared = null;
    }

    private void UpdateLimits(ConnectionPoolModel pool)
    {
        // Once there, they stay: what they count is still under way.
        if (Limits is null && pool == ConnectionPoolModel.None) return;
        Limits ??= new BackendLimits(_worker.Loop, _shared!, CloseOneIdle);
        Limits.Model = pool;
    }

    private bool CloseOneIdle()
    {
        foreach (EndpointState endpoint in _balancer.Endpoints)
        {
            if (endpoint.Attachment is EndpointPool pool && pool.CloseOneIdle()) return true;
        }
        return false;
    }

    private void UpdateEndpoints(BackendModel backend, IReadOnlyList<string> routeNames)
    {
        RouteNames = routeNames;
        _series.Clear();
        _lastEndpoint = null;
        Model = backend;
        // Where connections are limited, they are nobody else's; the pools of before are retired with their endpoints.
        string group = Limits is null ? "" : Name;
        _balancer.Update(backend, _worker.Loop.NowMicros, backend.IsWatched ? _shared?.Health : null, group, _worker.Random.Below(1 << 16));
        // An endpoint's connections are counted with the backend that knew it first, for as long as it lives.
        foreach (EndpointState endpoint in _balancer.Endpoints) EndpointPool.Of(_worker, endpoint, Limits).Series ??= Series(endpoint, -1);
    }

    private TrafficSeries SeriesOf(string identity, string workload, int routeName) => _worker.Metrics.Series(new SeriesKey(
        Direction.Outbound,
        identity,
        workload,
        Service.Namespace,
        Service.Name,
        Service.Port,
        Name,
        routeName < 0 ? "" : RouteNames[routeName],
        Tls: identity.Length > 0));
}
