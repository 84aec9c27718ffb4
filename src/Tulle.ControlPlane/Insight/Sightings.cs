using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>
/// Which proxy's count of a request stands where both ends count it: the sender's, which alone knows whither it went, by
/// which rule, and that it may never have arrived. Requests whose sender is no pod of the mesh are counted where they arrived.
/// </summary>
internal sealed class Sightings
{
    private readonly IReadOnlyList<WorkloadPod> _pods;
    private readonly HashSet<string> _senders;
    private readonly IReadOnlyDictionary<(string Namespace, string Workload, string Service), double> _strangers;

    /// <param name="pods">The mesh's.</param>
    /// <param name="traffic">What they reported.</param>
    /// <param name="windowSeconds">How far back.</param>
    public Sightings(IReadOnlyList<WorkloadPod> pods, ITrafficSource traffic, int windowSeconds)
    {
        _pods = pods;
        _senders = [.. pods.Where(pod => pod.Meshed).Select(pod => pod.Identity)];
        _strangers = PlaintextShares.Of(pods, traffic, windowSeconds);
    }

    /// <summary>
    /// What share of a series counts, 0 to 1. A sender in plaintext proves nothing; but what the mesh's own proxies have sent a workload in plaintext
    /// (its mTLS mode is DISABLE) is among what it received so, and strangers sent no more than the rest.
    /// </summary>
    public double ShareOf(WorkloadPod pod, SeriesId series)
    {
        if (series.Direction == Direction.Outbound) return 1;
        if (series.PeerIdentity.Length > 0) return _senders.Contains(series.PeerIdentity) ? 0 : 1;
        return _strangers.GetValueOrDefault((pod.Namespace, pod.Workload, series.ServiceName), 1);
    }

    /// <summary>The shares that series can have other than nothing: 1 and those of workloads that got plaintext from the mesh and from strangers.</summary>
    public IEnumerable<double> Shares => _strangers.Values.Append(1).Where(share => share > 0).Distinct();

    /// <summary>The sender of a series of a pod belongs to a selection.</summary>
    public static bool IsFrom(Selection selection, WorkloadPod pod, SeriesId series) =>
        series.Direction == Direction.Outbound && selection.Includes(pod);

    /// <summary>The receiver of a series of a pod belongs to a selection.</summary>
    public bool IsTo(Selection selection, WorkloadPod pod, SeriesId series)
    {
        if (series.Direction == Direction.Outbound) return selection.IsDestinationOf(series, _pods);
        return selection.Includes(pod) && (selection is not { Kind: TargetKind.Service, Name: { } service } || series.ServiceName == service);
    }

    /// <summary>A namespace sends or receives.</summary>
    public bool Touches(string @namespace, WorkloadPod pod, SeriesId series) => pod.Namespace == @namespace || series.ServiceNamespace == @namespace;
}
