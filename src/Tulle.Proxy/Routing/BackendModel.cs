using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Health;
using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Routing;

/// <summary>A service or a subset of it, with the endpoints to choose from. Immutable; any thread.</summary>
internal sealed class BackendModel
{
    private BackendModel(Backend backend, int index, EndpointModel[] endpoints, OutlierModel? outlier)
    {
        Name = backend.Name;
        Index = index;
        ServiceNamespace = backend.Service?.Namespace ?? "";
        ServiceName = backend.Service?.Name ?? "";
        ServicePort = backend.Service?.Port ?? 0;
        Subset = backend.Subset;
        Endpoints = endpoints;
        Protocol = backend.Protocol;
        LoadBalancer = LoadBalancerModel.Compile(backend.LoadBalancer, endpoints);
        ConnectionPool = ConnectionPoolModel.Compile(backend.ConnectionPool);
        Outlier = outlier;
        FailureAccrual = FailureAccrualModel.Compile(backend.FailureAccrual);
        HealthCheck = HealthCheckModel.Compile(backend.HealthCheck);
    }

    /// <summary>"&lt;service&gt;.&lt;namespace&gt;:&lt;port&gt;[|&lt;subset&gt;]", by which a backend is the same one across updates.</summary>
    public string Name { get; }

    /// <summary>Its place in <see cref="DestinationModel.Backends"/>.</summary>
    public int Index { get; }

    public string ServiceNamespace { get; }

    public string ServiceName { get; }

    public uint ServicePort { get; }

    public string Subset { get; }

    public EndpointModel[] Endpoints { get; }

    /// <summary>What its servers speak.</summary>
    public Protocol.Protocol Protocol { get; }

    public LoadBalancerModel LoadBalancer { get; }

    /// <summary>Limits on connections and requests.</summary>
    public ConnectionPoolModel ConnectionPool { get; }

    /// <summary>Null: no ejection.</summary>
    public OutlierModel? Outlier { get; }

    /// <summary>Null: none.</summary>
    public FailureAccrualModel? FailureAccrual { get; }

    /// <summary>Null: endpoints are not checked.</summary>
    public HealthCheckModel? HealthCheck { get; }

    /// <summary>Something watches its endpoints or limits what is sent to it, over all loops.</summary>
    public bool IsWatched => Outlier is not null || FailureAccrual is not null || HealthCheck is not null || LoadBalancer.SlowStart is not null;

    /// <summary>Compiles a backend; an error names it and what is wrong.</summary>
    public static (BackendModel? Model, string? Error) Compile(Backend backend, int index)
    {
        var endpoints = new EndpointModel[backend.Endpoints.Count];
        var keys = new HashSet<string>(endpoints.Length);
        for (int i = 0; i < endpoints.Length; i++)
        {
            (EndpointModel? endpoint, string? error) = EndpointModel.Compile(backend.Endpoints[i]);
            if (endpoint is null) return (null, $"backend \"{backend.Name}\": {error}");
            if (!keys.Add(endpoint.Key)) return (null, $"backend \"{backend.Name}\": endpoint {endpoint.Key} is listed twice");
            endpoints[i] = endpoint;
        }
        (OutlierModel? outlier, string? outlierError) = OutlierModel.Compile(backend.OutlierDetection);
        return outlierError is null
            ? (new BackendModel(backend, index, endpoints, outlier), null)
            : (null, $"backend \"{backend.Name}\": {outlierError}");
    }
}
