using Tulle.Protocol;

namespace Tulle.ControlPlane.Registry;

/// <summary>What holds for the whole mesh.</summary>
internal sealed record MeshSettings
{
    public string TrustDomain { get; init; } = ProtocolNames.DefaultTrustDomain;

    /// <summary>Suffix of the names of services in DNS.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>
    /// Namespaces whose PeerAuthentications and DestinationRules hold for the whole mesh; the first that says something
    /// wins. Istio's own is among them because YAML written for Istio names it.
    /// </summary>
    public IReadOnlyList<string> RootNamespaces { get; init; } = [ProtocolNames.SystemNamespace, "istio-system"];

    /// <summary>Share of new traces that are recorded where no Telemetry says so, per million; null: what the proxies do by themselves.</summary>
    public uint? TraceSamplingPpm { get; init; }
}
