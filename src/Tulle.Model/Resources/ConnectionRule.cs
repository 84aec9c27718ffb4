using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>A rule of a VirtualService for connections that pass through unread: one of <c>tls[]</c> or <c>tcp[]</c> (istio.md §1.3).</summary>
/// <param name="Matches">Alternatives; empty matches everything.</param>
/// <param name="Route">Destinations by weight.</param>
public sealed record ConnectionRule(IReadOnlyList<ConnectionMatch> Matches, IReadOnlyList<WeightedDestination> Route)
{
    internal static ConnectionRule Decode(MappingNode node)
    {
        IReadOnlyList<WeightedDestination> route = node.GetList("route", WeightedDestination.Decode);
        // The weight of an only destination is ignored (istio.md §1.3).
        return new ConnectionRule(node.GetList("match", ConnectionMatch.Decode), route.Count == 1 ? [route[0] with { Weight = 1 }] : route);
    }
}

/// <summary>Conditions on a connection, all of which must hold. Null and empty mean no condition.</summary>
public sealed record ConnectionMatch
{
    /// <summary>Server names that a TLS client asks for, perhaps with a wildcard; only in <c>tls[]</c>, where there is at least one.</summary>
    public IReadOnlyList<string> SniHosts { get; init; } = [];

    /// <summary>Ranges, one of which the address of the service must be in.</summary>
    public IReadOnlyList<string> DestinationSubnets { get; init; } = [];

    /// <summary>Port of the service that the rule is restricted to.</summary>
    public int? Port { get; init; }

    /// <summary>Labels of the calling workload that the rule is restricted to.</summary>
    public IReadOnlyDictionary<string, string> SourceLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>Namespace of the calling workload that the rule is restricted to.</summary>
    public string? SourceNamespace { get; init; }

    public IReadOnlyList<string> Gateways { get; init; } = [];

    internal static ConnectionMatch Decode(MappingNode node) => new()
    {
        SniHosts = node.GetTexts("sniHosts"),
        DestinationSubnets = node.GetTexts("destinationSubnets"),
        Port = node.GetInt("port"),
        SourceLabels = node.GetTextMap("sourceLabels"),
        SourceNamespace = node.GetText("sourceNamespace") is { Length: > 0 } name ? name : null,
        Gateways = node.GetTexts("gateways"),
    };
}
