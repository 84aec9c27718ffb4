namespace Tulle.Model.Resources;

/// <summary>Where a workload is. What is not known is empty.</summary>
public readonly record struct Locality(string Region, string Zone, string SubZone)
{
    public const string RegionLabel = "topology.kubernetes.io/region";
    public const string ZoneLabel = "topology.kubernetes.io/zone";
    public const string SubZoneLabel = "topology.istio.io/subzone";

    /// <summary>Label of a pod that says where it is, as <c>region.zone.subzone</c>; it wins over its node's (Istio).</summary>
    public const string PodLabel = "istio-locality";

    // Names before Kubernetes 1.17.
    private const string OldRegionLabel = "failure-domain.beta.kubernetes.io/region";
    private const string OldZoneLabel = "failure-domain.beta.kubernetes.io/zone";

    public static readonly Locality Unknown = new("", "", "");

    public bool IsKnown => Region.Length > 0 || Zone.Length > 0;

    /// <summary>Reads a node's labels.</summary>
    public static Locality OfNode(IReadOnlyDictionary<string, string> labels) => new(
        labels.GetValueOrDefault(RegionLabel) ?? labels.GetValueOrDefault(OldRegionLabel) ?? "",
        labels.GetValueOrDefault(ZoneLabel) ?? labels.GetValueOrDefault(OldZoneLabel) ?? "",
        labels.GetValueOrDefault(SubZoneLabel) ?? "");

    /// <summary>What a pod says of itself; unknown when it says nothing. Labels cannot hold '/', so '.' stands for it.</summary>
    public static Locality OfPod(IReadOnlyDictionary<string, string> labels)
    {
        if (labels.GetValueOrDefault(PodLabel) is not { Length: > 0 } text)
            return Unknown;
        string[] parts = text.Split('.', 3);
        return new Locality(parts[0], parts.Length > 1 ? parts[1] : "", parts.Length > 2 ? parts[2] : "");
    }

    public override string ToString() => $"{Region}/{Zone}/{SubZone}";
}
