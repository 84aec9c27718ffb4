using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Registry;

/// <summary>Everything the control plane knows at one moment. Immutable.</summary>
internal sealed record MeshSnapshot
{
    private static readonly IReadOnlyList<EndpointSlice> NoSlices = [];

    public MeshSettings Settings { get; init; } = new();

    public IReadOnlyDictionary<ObjectKey, Service> Services { get; init; } = new Dictionary<ObjectKey, Service>();

    public IReadOnlyDictionary<string, Service> ServicesByAddress { get; init; } = new Dictionary<string, Service>();

    /// <summary>By service.</summary>
    public IReadOnlyDictionary<ObjectKey, IReadOnlyList<EndpointSlice>> Slices { get; init; } = new Dictionary<ObjectKey, IReadOnlyList<EndpointSlice>>();

    public IReadOnlyDictionary<ObjectKey, Pod> Pods { get; init; } = new Dictionary<ObjectKey, Pod>();

    /// <summary>Pods that are not over, by address. Pods on the host's network share one and are left out.</summary>
    public IReadOnlyDictionary<string, Pod> PodsByAddress { get; init; } = new Dictionary<string, Pod>();

    /// <summary>Those that apply to sidecars, oldest first.</summary>
    public IReadOnlyList<VirtualService> VirtualServices { get; init; } = [];

    /// <summary>Those that only gateways apply, oldest first.</summary>
    public IReadOnlyList<VirtualService> GatewayVirtualServices { get; init; } = [];

    /// <summary>By namespace, oldest first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<DestinationRule>> DestinationRules { get; init; } = new Dictionary<string, IReadOnlyList<DestinationRule>>();

    /// <summary>By namespace, oldest first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<TrafficSplit>> TrafficSplits { get; init; } = new Dictionary<string, IReadOnlyList<TrafficSplit>>();

    public IReadOnlyDictionary<ObjectKey, ServiceProfile> ServiceProfiles { get; init; } = new Dictionary<ObjectKey, ServiceProfile>();

    /// <summary>By namespace, oldest first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PeerAuthentication>> PeerAuthentications { get; init; } =
        new Dictionary<string, IReadOnlyList<PeerAuthentication>>();

    public IReadOnlyDictionary<string, MeshNode> Nodes { get; init; } = new Dictionary<string, MeshNode>();

    /// <summary>Region of each zone that a node is in: EndpointSlices name zones only.</summary>
    public IReadOnlyDictionary<string, string> Regions { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, Namespace> Namespaces { get; init; } = new Dictionary<string, Namespace>();

    /// <summary>By namespace, oldest first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Telemetry>> Telemetries { get; init; } = new Dictionary<string, IReadOnlyList<Telemetry>>();

    /// <summary>By namespace, oldest first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PolicyServer>> Servers { get; init; } = new Dictionary<string, IReadOnlyList<PolicyServer>>();

    /// <summary>By namespace, oldest first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<RateLimitPolicy>> RateLimits { get; init; } = new Dictionary<string, IReadOnlyList<RateLimitPolicy>>();

    /// <summary>Kinds of objects of which some looks at the calling pod itself.</summary>
    public PodViews PodViews { get; init; }

    public IReadOnlyList<EndpointSlice> SlicesOf(ObjectKey service) => Slices.GetValueOrDefault(service) ?? NoSlices;

    /// <summary>Where a pod is: as it says itself, else as its node does; unknown when neither is known.</summary>
    public Locality LocalityOf(Pod pod) => Locality.OfPod(pod.Meta.Labels) is { IsKnown: true } own
        ? own
        : LocalityOf(pod.NodeName);

    public Locality LocalityOf(string? node) =>
        node is { Length: > 0 } && Nodes.TryGetValue(node, out MeshNode? known) ? known.Locality : Locality.Unknown;
}

/// <summary>What makes pods of one namespace and locality see the mesh differently.</summary>
[Flags]
internal enum PodViews
{
    None = 0,

    /// <summary>A VirtualService matches source labels.</summary>
    Routes = 1,

    /// <summary>A DestinationRule selects clients, or ranks endpoints by labels.</summary>
    Rules = 2,

    /// <summary>A service prefers endpoints on the client's node.</summary>
    Services = 4,

    /// <summary>A Telemetry selects workloads.</summary>
    Telemetry = 8,
}
