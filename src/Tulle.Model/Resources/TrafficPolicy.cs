using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>How to talk to a service (istio.md §1.6). A block that is null is not set.</summary>
/// <param name="Ports">Settings of single ports, which replace all blocks of the policy they stand in.</param>
public sealed record TrafficPolicy(
    LoadBalancerSettings? LoadBalancer, ConnectionPoolSettings? ConnectionPool, OutlierSettings? OutlierDetection, IReadOnlyDictionary<int, TrafficPolicy> Ports)
{
    public static readonly TrafficPolicy None = new(null, null, null, new Dictionary<int, TrafficPolicy>());

    /// <summary>The policy for a port: what it says for the port, else what it says for all.</summary>
    public TrafficPolicy ForPort(int port) => Ports.GetValueOrDefault(port) ?? this;

    /// <summary>This policy, with the blocks of <paramref name="wider"/> where it has none.</summary>
    public TrafficPolicy Over(TrafficPolicy wider) => this with
    {
        LoadBalancer = LoadBalancer ?? wider.LoadBalancer,
        ConnectionPool = ConnectionPool ?? wider.ConnectionPool,
        OutlierDetection = OutlierDetection ?? wider.OutlierDetection,
    };

    internal static TrafficPolicy? Decode(Node? node)
    {
        if (node is not MappingNode)
            return null;
        var ports = new Dictionary<int, TrafficPolicy>();
        foreach ((int? number, TrafficPolicy? policy) in node.GetList("portLevelSettings", item => (item.Get("port").GetInt("number"), Decode(item))))
        {
            if (number is { } port && policy is not null)
                ports.TryAdd(port, policy);
        }
        return new TrafficPolicy(
            LoadBalancerSettings.Decode(node.Get("loadBalancer")), ConnectionPoolSettings.Decode(node.Get("connectionPool")),
            OutlierSettings.Decode(node.Get("outlierDetection")), ports);
    }
}
