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

    public Sightings(IReadOnlyList<WorkloadPod> pods)
    {
        _pods = pods;
        _senders = [.. pods.Where(pod => pod.Meshed).Select(pod => pod.Identity)];
    }

    /// <summary>The series is the one that counts.</summary>
    public bool Counts(SeriesId series) => series.Direction == Direction.Outbound || !_senders.Contains(series.PeerIdentity);

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
