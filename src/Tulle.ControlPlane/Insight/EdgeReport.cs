using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>Who spoke to whom. A side that the mesh does not know has empty names.</summary>
/// <param name="SourceNamespace">Of the sender.</param>
/// <param name="SourceWorkload"><c>deployment/web</c>.</param>
/// <param name="ClientIdentity">SPIFFE ID of the sender's sidecar, or the one that a stranger proved.</param>
/// <param name="Namespace">Of the receiver.</param>
/// <param name="Workload">Who answered; empty for requests that no server was found for.</param>
/// <param name="Service">The service asked for.</param>
internal sealed record Edge(
    string SourceNamespace, string SourceWorkload, string ClientIdentity, string Namespace, string Workload, string Service);

/// <summary>An edge and its traffic.</summary>
/// <param name="ServerIdentity">SPIFFE ID of the receiver's sidecar; empty when it has none.</param>
internal sealed record EdgeRow(Edge Edge, string ServerIdentity, TrafficTotals Traffic);

/// <summary>The edges of the service graph.</summary>
internal static class EdgeReport
{
    public static IReadOnlyList<EdgeRow> Of(TrafficQuery query, IReadOnlyList<WorkloadPod> pods, ITrafficSource traffic)
    {
        IReadOnlyDictionary<Edge, TrafficTotals> edges = Group(query, pods, traffic, edge => edge);
        ILookup<(string, string), string> identities = pods.Where(pod => pod.Meshed).ToLookup(pod => (pod.Namespace, pod.Workload), pod => pod.Identity);
        EdgeRow[] rows = [.. edges.Select(edge => new EdgeRow(edge.Key, identities[(edge.Key.Namespace, edge.Key.Workload)].FirstOrDefault() ?? "", edge.Value))];
        Array.Sort(rows, (one, other) => Compare(one.Edge, other.Edge));
        return rows;
    }

    /// <summary>The sums of edges by what they have in common; a null key leaves an edge out.</summary>
    public static IReadOnlyDictionary<TKey, TrafficTotals> Group<TKey>(TrafficQuery query, IReadOnlyList<WorkloadPod> pods, ITrafficSource traffic, Func<Edge, TKey?> keyOf) where TKey : class
    {
        var sightings = new Sightings(pods, traffic, query.WindowSeconds);
        return traffic.GroupShares(pods, (pod, series) => Accepts(query, sightings, pod, series) ? keyOf(EdgeOf(pod, series)) : null, sightings.ShareOf, query.WindowSeconds);
    }

    private static int Compare(Edge one, Edge other)
    {
        int order = string.CompareOrdinal(one.SourceNamespace, other.SourceNamespace);
        if (order == 0) order = string.CompareOrdinal(one.SourceWorkload, other.SourceWorkload);
        if (order == 0) order = string.CompareOrdinal(one.Namespace, other.Namespace);
        if (order == 0) order = string.CompareOrdinal(one.Workload, other.Workload);
        if (order == 0) order = string.CompareOrdinal(one.Service, other.Service);
        return order != 0 ? order : string.CompareOrdinal(one.ClientIdentity, other.ClientIdentity);
    }

    private static bool Accepts(TrafficQuery query, Sightings sightings, WorkloadPod pod, SeriesId series) =>
        (query.Namespace is null || sightings.Touches(query.Namespace, pod, series))
        && (query.Target is null || Sightings.IsFrom(query.Target, pod, series) || sightings.IsTo(query.Target, pod, series))
        && (query.To is null || sightings.IsTo(query.To, pod, series))
        && (query.From is null || Sightings.IsFrom(query.From, pod, series));

    private static Edge EdgeOf(WorkloadPod pod, SeriesId series) => series.Direction == Direction.Outbound
        ? new Edge(pod.Namespace, pod.Workload, pod.Identity, series.ServiceNamespace, series.PeerWorkload, series.ServiceName)
        : new Edge("", "", series.PeerIdentity, pod.Namespace, pod.Workload, series.ServiceName);
}
