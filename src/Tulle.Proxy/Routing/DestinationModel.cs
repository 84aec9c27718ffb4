using Tulle.Http;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.Routing;

/// <summary>Everything needed to send requests to one authority, compiled from the control plane's message. Immutable; any thread.</summary>
internal sealed class DestinationModel
{
    private readonly RouteTable _table;

    private DestinationModel(
        Destination destination, RouteModel[] routes, ConnectionRouteModel[] connectionRoutes, BackendModel[] backends, RouteNamesModel names)
    {
        Authority = destination.Authority;
        Version = destination.Version;
        Resolution = destination.Resolution;
        Protocol = destination.Protocol;
        ServiceNamespace = destination.Service?.Namespace ?? "";
        ServiceName = destination.Service?.Name ?? "";
        ServicePort = destination.Service?.Port ?? 0;
        Routes = routes;
        ConnectionRoutes = connectionRoutes;
        NeedsServerName = Array.Exists(connectionRoutes, static route => route.NeedsServerName);
        Backends = backends;
        Names = names;
        RetryBudget = RetryBudgetModel.Compile(destination.RetryBudget);
        _table = new RouteTable(Array.ConvertAll(routes, static route => route.Condition));
    }

    public string Authority { get; }

    public ulong Version { get; }

    public Resolution Resolution { get; }

    public Tulle.Protocol.Protocol Protocol { get; }

    public string ServiceNamespace { get; }

    public string ServiceName { get; }

    public uint ServicePort { get; }

    /// <summary>In order; the first match wins.</summary>
    public IReadOnlyList<RouteModel> Routes { get; }

    /// <summary>Of what is not HTTP, in order; the first match wins.</summary>
    public IReadOnlyList<ConnectionRouteModel> ConnectionRoutes { get; }

    /// <summary>Where a connection goes may depend on the server name in its ClientHello, so its client is heard first.</summary>
    public bool NeedsServerName { get; }

    /// <summary>What routes refer to by index.</summary>
    public BackendModel[] Backends { get; }

    /// <summary>Names for per-route metrics.</summary>
    public RouteNamesModel Names { get; }

    /// <summary>Bounds the retries of all routes together.</summary>
    public RetryBudgetModel RetryBudget { get; }

    /// <summary>How requests are logged; null: not at all. Only where <see cref="HasAccessLog"/>.</summary>
    public AccessLogModel? AccessLog { get; private init; }

    /// <summary>The destination says whether and how requests are logged; otherwise the proxy's own setting holds.</summary>
    public bool HasAccessLog { get; private init; }

    /// <summary>How traces of requests are made; null: as the proxy's own setting says.</summary>
    public TracingModel? Tracing { get; private init; }

    /// <summary>The route of a request; null when none matches.</summary>
    public RouteModel? FindRoute(in RequestView request)
    {
        int index = _table.Find(request);
        return index < 0 ? null : Routes[index];
    }

    /// <summary>
    /// The backend of a connection that is carried as it is: by the first of <see cref="ConnectionRoutes"/> that matches, else by the
    /// first route that asks nothing of a request. -1 when there is none.
    /// </summary>
    /// <param name="isTls">Whether the connection began with a ClientHello that could be read.</param>
    /// <param name="serverName">The name that it asks for; empty without.</param>
    /// <param name="random">For the weights.</param>
    public int PickConnectionBackend(bool isTls, ReadOnlySpan<byte> serverName, IRandomSource random)
    {
        foreach (ConnectionRouteModel route in ConnectionRoutes)
        {
            if (route.Matches(isTls, serverName)) return route.PickBackend(random);
        }
        foreach (RouteModel route in Routes)
        {
            if (route.Condition is null) return route.PickBackend(random);
        }
        return -1;
    }

    /// <summary>Whether one of <see cref="ConnectionRoutes"/> takes the connection.</summary>
    /// <inheritdoc cref="PickConnectionBackend"/>
    public bool RoutesConnection(bool isTls, ReadOnlySpan<byte> serverName)
    {
        foreach (ConnectionRouteModel route in ConnectionRoutes)
        {
            if (route.Matches(isTls, serverName)) return true;
        }
        return false;
    }

    /// <summary>Compiles a destination; an error names the part that is wrong, and nothing is half applied.</summary>
    public static (DestinationModel? Model, string? Error) Compile(Destination destination)
    {
        var backends = new BackendModel[destination.Backends.Count];
        var indexes = new Dictionary<string, int>(backends.Length);
        for (int i = 0; i < backends.Length; i++)
        {
            (BackendModel? backend, string? error) = BackendModel.Compile(destination.Backends[i], i);
            if (backend is null) return (null, error);
            if (!indexes.TryAdd(backend.Name, i)) return (null, $"backend \"{backend.Name}\" is listed twice");
            backends[i] = backend;
        }

        var routes = new RouteModel[destination.Routes.Count];
        for (int i = 0; i < routes.Length; i++)
        {
            (RouteModel? route, string? error) = RouteCompiler.Compile(destination.Routes[i], indexes);
            if (route is null) return (null, $"route \"{destination.Routes[i].Name}\": {error}");
            routes[i] = route;
        }

        var connectionRoutes = new ConnectionRouteModel[destination.ConnectionRoutes.Count];
        for (int i = 0; i < connectionRoutes.Length; i++)
        {
            (ConnectionRouteModel? route, string? error) = ConnectionRouteModel.Compile(destination.ConnectionRoutes[i], indexes);
            if (route is null) return (null, $"connection route \"{destination.ConnectionRoutes[i].Name}\": {error}");
            connectionRoutes[i] = route;
        }

        (RouteNamesModel? names, string? nameError) = RouteNamesModel.Compile(destination.NamedRoutes);
        if (names is null) return (null, nameError);
        (AccessLogModel? accessLog, string? logError) = AccessLogModel.Compile(destination.AccessLog);
        if (logError is not null) return (null, logError);
        (TracingModel? tracing, string? tracingError) = TracingModel.Compile(destination.Tracing);
        if (tracingError is not null) return (null, tracingError);
        return (new DestinationModel(destination, routes, connectionRoutes, backends, names)
        {
            AccessLog = accessLog,
            HasAccessLog = destination.AccessLog is not null,
            Tracing = tracing,
        }, null);
    }
}
