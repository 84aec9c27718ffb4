using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>
/// How much of the plaintext that workloads received is of strangers. A sender in plaintext proves nothing, so that the mesh's are told from others by their
/// number only: what the mesh's proxies have sent is among what arrived.
/// </summary>
internal static class PlaintextShares
{
    /// <summary>The share of strangers, 0 to 1, of what services of workloads received in plaintext; those to which the mesh sent none are left out.</summary>
    public static IReadOnlyDictionary<(string Namespace, string Workload, string Service), double> Of(
        IReadOnlyList<WorkloadPod> pods, ITrafficSource traffic, int windowSeconds)
    {
        var shares = new Dictionary<(string Namespace, string Workload, string Service), double>();
        IReadOnlyDictionary<Flow, TrafficTotals> received = traffic.Group(
            pods, (pod, series) => series is { Direction: Direction.Inbound, Tls: false, PeerIdentity: "" } ? new Flow(pod.Namespace, pod.Workload, series.ServiceName) : null, windowSeconds);
        if (received.Count == 0) return shares;
        ILookup<(string, string), Part> sent = Parts(traffic.Group(
            pods.Where(pod => pod.Meshed),
            (_, series) => series is { Direction: Direction.Outbound, Tls: false, PeerWorkload.Length: > 0 } ? new Flow(series.ServiceNamespace, series.PeerWorkload, series.ServiceName) : null,
            // Beyond what is remembered of pods the history answers, whose slots are longer than that.
            windowSeconds <= SeriesHistory.MaxAge ? Math.Min(windowSeconds + traffic.Skew, SeriesHistory.MaxAge) : windowSeconds));
        foreach (IGrouping<(string Namespace, string Workload), Part> workload in Parts(received))
        {
            Part[] mesh = [.. sent[workload.Key]];
            if (mesh.Length == 0) continue;
            foreach ((string service, double share) in SharesOf([.. workload], mesh)) shares[(workload.Key.Namespace, workload.Key.Workload, service)] = share;
        }
        return shares;
    }

    private static IEnumerable<(string Service, double Share)> SharesOf(Part[] received, Part[] sent)
    {
        double[] beyond = [.. received.Select(part => Beyond(part.Requests, sent.Where(of => of.Service == part.Service)))];
        // Both ends may name another service of the same workload, but altogether no more came of strangers than the mesh has not sent.
        double all = Beyond(received.Sum(part => part.Requests), sent), most = Math.Max(all, beyond.Sum());
        for (int i = 0; i < received.Length; i++)
        {
            Part part = received[i];
            // Of connections without requests nobody knows how many there were.
            double share = part.Requests > 0 ? (all == 0 ? 0 : beyond[i] * (all / most) / part.Requests)
                : sent.Any(of => of.Service == part.Service || of.Requests == 0) ? 0 : 1;
            yield return (part.Service, share);
        }
    }

    private static double Beyond(double received, IEnumerable<Part> sent) => Math.Max(0, received - sent.Sum(part => part.Requests));

    private static ILookup<(string Namespace, string Workload), Part> Parts(IReadOnlyDictionary<Flow, TrafficTotals> flows) =>
        flows.ToLookup(pair => (pair.Key.Namespace, pair.Key.Workload), pair => new Part(pair.Key.Service, pair.Value.Requests));

    private sealed record Flow(string Namespace, string Workload, string Service);

    private readonly record struct Part(string Service, double Requests);
}
