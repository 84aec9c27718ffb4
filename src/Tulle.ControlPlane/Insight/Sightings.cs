using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>
/// Which proxy's count of a request stands where both ends count it: the sender's, which alone knows whither it went, by
/// which rule, and that it may never have arrived. Requests whose sender is no pod of the mesh are counted where they arrived.
/// </summary>
internal sealed class Sightings
{
    private readonly IReadOnlyList<WorkloadPod> _pods;
    /// <summary>How much later one proxy may report a request than the other: reports come every second.</summary>
    private const int Skew = 2;

    private readonly HashSet<string> _senders;
    private readonly HashSet<(string Namespace, string Workload, string Service)> _sentInPlaintext;

    /// <param name="pods">The mesh's.</param>
    /// <param name="traffic">What they reported.</param>
    /// <param name="windowSeconds">How far back.</param>
    public Sightings(IReadOnlyList<WorkloadPod> pods, ITrafficSource traffic, int windowSeconds)
    {
        _pods = pods;
        _senders = [.. pods.Where(pod => pod.Meshed).Select(pod => pod.Identity)];
        _sentInPlaintext = SentInPlaintext(pods, traffic, windowSeconds);
    }

    /// <summary>
    /// The series is the one that counts. A sender in plaintext proves nothing; but where the mesh's own proxies have sent a workload as much in
    /// plaintext as it received (its mTLS mode is DISABLE), there were no strangers.
    /// </summary>
    public bool Counts(WorkloadPod pod, SeriesId series) => series.Direction == Direction.Outbound
        || (series.PeerIdentity.Length > 0 ? !_senders.Contains(series.PeerIdentity) : !_sentInPlaintext.Contains((pod.Namespace, pod.Workload, series.ServiceName)));

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

    private static HashSet<(string Namespace, string Workload, string Service)> SentInPlaintext(IReadOnlyList<WorkloadPod> pods, ITrafficSource traffic, int windowSeconds)
    {
        IReadOnlyDictionary<Plaintext, TrafficTotals> received = traffic.Group(
            pods, (pod, series) => series is { Direction: Direction.Inbound, Tls: false, PeerIdentity: "" } ? new Plaintext(pod.Namespace, pod.Workload, series.ServiceName) : null, windowSeconds);
        if (received.Count == 0) return [];
        IReadOnlyDictionary<Plaintext, TrafficTotals> sent = traffic.Group(
            pods.Where(pod => pod.Meshed),
            (_, series) => series is { Direction: Direction.Outbound, Tls: false, PeerWorkload.Length: > 0 } ? new Plaintext(series.ServiceNamespace, series.PeerWorkload, series.ServiceName) : null,
            // Beyond what is remembered of pods the history answers, whose slots are longer than that.
            windowSeconds <= SeriesHistory.MaxAge ? Math.Min(windowSeconds + Skew, SeriesHistory.MaxAge) : windowSeconds);
        return
        [
            .. received.Where(pair => sent.TryGetValue(pair.Key, out TrafficTotals? by) && by.Requests >= pair.Value.Requests && (by.Requests > 0 || by.OpenConnections > 0))
                .Select(pair => (pair.Key.Namespace, pair.Key.Workload, pair.Key.Service)),
        ];
    }

    private sealed record Plaintext(string Namespace, string Workload, string Service);
}
