using Tulle.Model.Resources;

namespace Tulle.Model.Analysis;

/// <summary>The objects of a mesh at one moment, as far as analysis looks at them.</summary>
public sealed record MeshSnapshot
{
    public IReadOnlyList<Service> Services { get; init; } = [];

    public IReadOnlyList<Pod> Pods { get; init; } = [];

    public IReadOnlyList<VirtualService> VirtualServices { get; init; } = [];

    public IReadOnlyList<DestinationRule> DestinationRules { get; init; } = [];

    public IReadOnlyList<TrafficSplit> TrafficSplits { get; init; } = [];

    public IReadOnlyList<ServiceProfile> ServiceProfiles { get; init; } = [];

    public IReadOnlyList<PeerAuthentication> PeerAuthentications { get; init; } = [];

    public IReadOnlyList<PolicyServer> Servers { get; init; } = [];

    public IReadOnlyList<RateLimitPolicy> RateLimits { get; init; } = [];

    /// <summary>DNS domain of the cluster.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Namespace whose selector-less policies hold for the whole mesh. Istio's default is kept, as policies name it.</summary>
    public string RootNamespace { get; init; } = "istio-system";
}
