using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Registry;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>A service that pods call, and what came of it. Not thread-safe.</summary>
/// <param name="Service">What they asked for.</param>
/// <param name="Sent">As their own sidecars count it.</param>
/// <param name="Taken">As the sidecars of the service count what these clients sent; empty without any.</param>
internal sealed record Upstream(ObjectKey Service, TrafficTotals Sent, TrafficTotals Taken)
{
    /// <summary>What a limit of the service refuses at its own sidecars: their clients know that they did, not why.</summary>
    private const string Limited = "rate-limited";

    /// <summary>Requests that failed, or that the mesh answered itself at either side.</summary>
    public ulong Failed => (ulong)Math.Round(Sent.Requests * (1 - (Sent.Success ?? 1)));

    /// <summary>Why the service's sidecars refuse requests of these clients; null: they do not.</summary>
    public string? Refused => Taken.Errors.CountOf(Limited) > 0 ? Limited : null;

    public bool IsFailing => SuccessHealth.Of(1 - (double)Failed / Math.Max(1, Sent.Requests), Sent.Requests) != HealthState.Healthy;

    /// <summary>What some pods called, in the order of names.</summary>
    /// <param name="clients">The pods.</param>
    /// <param name="pods">All of the mesh.</param>
    /// <param name="traffic">What was counted.</param>
    /// <param name="windowSeconds">How far back.</param>
    public static IReadOnlyList<Upstream> Of(IReadOnlyList<WorkloadPod> clients, IReadOnlyList<WorkloadPod> pods, RecordedTraffic traffic, int windowSeconds)
    {
        var upstreams = new Dictionary<ObjectKey, Upstream>();
        traffic.AddTo(
            clients,
            (_, series) =>
            {
                if (series is not { Direction: Direction.Outbound, ServiceName.Length: > 0 }) return null;
                var key = new ObjectKey(series.ServiceNamespace, series.ServiceName);
                if (!upstreams.TryGetValue(key, out Upstream? upstream)) upstreams[key] = upstream = new Upstream(key, new TrafficTotals(), new TrafficTotals());
                return upstream.Sent;
            },
            windowSeconds);
        HashSet<string> identities = [.. clients.Where(pod => pod.Meshed).Select(pod => pod.Identity)];
        traffic.AddTo(
            pods.Where(pod => pod.Services.Any(service => upstreams.ContainsKey(new ObjectKey(pod.Namespace, service)))),
            (pod, series) => series.Direction == Direction.Inbound && identities.Contains(series.PeerIdentity)
                ? upstreams.GetValueOrDefault(new ObjectKey(pod.Namespace, series.ServiceName))?.Taken : null,
            windowSeconds);
        return [.. upstreams.Values.Where(upstream => upstream.Sent.Requests > 0).OrderBy(upstream => upstream.Service.ToString(), StringComparer.Ordinal)];
    }
}
