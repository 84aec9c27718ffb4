using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>What a person asks about.</summary>
/// <param name="Target">The rows.</param>
/// <param name="WindowSeconds">How far back.</param>
/// <param name="To">Only requests to this, as the target's proxies sent them; null for what the target received.</param>
/// <param name="From">Only requests from this, as its proxies sent them; null for any sender.</param>
internal sealed record StatQuery(Selection Target, int WindowSeconds, Selection? To, Selection? From);

/// <summary>
/// Golden metrics. Without a filter they are the server side's: what the workload's own proxies received. With
/// <c>to</c> or <c>from</c> they are the client side's, which alone sees what was sent whither.
/// </summary>
internal static class StatReport
{
    public static IReadOnlyList<StatRow> Of(StatQuery query, IWorkloads workloads, ITrafficSource traffic)
    {
        var pods = new PodIndex(workloads.Pods);
        (Selection Selection, string Namespace, string Name, WorkloadPod[] Pods)[] found =
            [.. Rows(query.Target, workloads).Select(row => (row.Row, row.Namespace, row.Name, pods.Of(row.Row).ToArray()))];
        Func<int, TrafficTotals> totalsOf = query.From is null && (query.To is null || query.Target.Kind != TargetKind.Service) && found.Length > 1
            ? AllAtOnce(query, [.. found.Select(row => (row.Namespace, row.Name))], [.. found.SelectMany(row => row.Pods).Distinct(ReferenceEqualityComparer.Instance).Cast<WorkloadPod>()], pods, traffic)
            : i =>
            {
                (IEnumerable<WorkloadPod> reporters, Func<SeriesId, bool> filter) = ScopeOf(query, found[i].Selection, pods);
                return traffic.Sum(reporters, filter, query.WindowSeconds);
            };
        string kind = query.Target.Kind.ToString().ToLowerInvariant();
        return [.. found.Select((row, i) => new StatRow(row.Namespace, kind, row.Name, row.Pods.Count(pod => pod.Meshed), row.Pods.Length, totalsOf(i)))];
    }

    /// <summary>The sums of rows that no series belongs to two of: their traffic is gone through once and not for each of a thousand.</summary>
    private static Func<int, TrafficTotals> AllAtOnce(StatQuery query, (string Namespace, string Name)[] rows, WorkloadPod[] reporters, PodIndex pods, ITrafficSource traffic)
    {
        TargetKind kind = query.Target.Kind;
        TrafficTotals[] totals = [.. rows.Select(_ => new TrafficTotals())];
        Dictionary<(string, string), TrafficTotals> byName = rows.Zip(totals).ToDictionary(
            row => (row.First.Namespace, kind == TargetKind.Deployment ? $"deployment/{row.First.Name}" : row.First.Name), row => row.Second);
        traffic.AddTo(reporters, (pod, series) => Counts(pod, series) ? byName.GetValueOrDefault((pod.Namespace, NameOf(pod, series))) : null, query.WindowSeconds);
        return i => totals[i];

        bool Counts(WorkloadPod pod, SeriesId series) => query.To is { } to
            ? series.Direction == Direction.Outbound && to.IsDestinationOf(series, pods.Pods)
            : series.Direction == Direction.Inbound && (kind != TargetKind.Service || pod.Services.Contains(series.ServiceName));

        string NameOf(WorkloadPod pod, SeriesId series) => kind switch
        {
            TargetKind.Service => series.ServiceName,
            TargetKind.Namespace => pod.Namespace,
            TargetKind.Pod => pod.Name,
            _ => pod.Workload,
        };
    }

    /// <summary>Whose reports, and which of their series, make a row.</summary>
    public static (IEnumerable<WorkloadPod> Pods, Func<SeriesId, bool> Filter) ScopeOf(StatQuery query, Selection row, PodIndex pods)
    {
        IEnumerable<WorkloadPod> own = pods.Of(row);
        if (query.To is { } to) return (own, series => series.Direction == Direction.Outbound && to.IsDestinationOf(series, pods.Pods));
        if (query.From is not { } from) return (own, series => Received(series, row));
        WorkloadPod[] senders = [.. pods.Of(from)];
        if (row.Kind != TargetKind.Pod) return (senders, series => series.Direction == Direction.Outbound && row.IsDestinationOf(series, pods.Pods));
        // The client side counts per workload; which replica got a request, only the replica knows.
        HashSet<string> identities = [.. senders.Where(pod => pod.Meshed).Select(pod => pod.Identity)];
        return (own, series => series.Direction == Direction.Inbound && identities.Contains(series.PeerIdentity));
    }

    private static bool Received(SeriesId series, Selection row) =>
        series.Direction == Direction.Inbound && (row.Kind != TargetKind.Service || series.ServiceName == row.Name);

    /// <summary>What a selection stands for.</summary>
    /// <exception cref="InsightException">It names something that does not exist.</exception>
    public static IReadOnlyList<(Selection Row, string Namespace, string Name)> Rows(Selection target, IWorkloads workloads)
    {
        (Selection, string, string)[] rows = [.. Find(target, workloads.Pods, workloads.Services)];
        return rows.Length == 0 && target.Name is not null ? throw MissingTarget.Of(target, workloads) : rows;
    }

    private static IEnumerable<(Selection Row, string Namespace, string Name)> Find(
        Selection target, IReadOnlyList<WorkloadPod> pods, IReadOnlyList<(string Namespace, string Name)> services)
    {
        IEnumerable<(string Namespace, string Name)> found = target.Kind switch
        {
            TargetKind.Service => services.Where(service => Matches(target, service.Namespace, service.Name)),
            TargetKind.Namespace => pods.Where(target.Includes).Select(pod => (pod.Namespace, pod.Namespace)),
            TargetKind.Pod => pods.Where(target.Includes).Select(pod => (pod.Namespace, pod.Name)),
            _ => pods.Where(target.Includes).Select(pod => (pod.Namespace, pod.Workload[(pod.Workload.IndexOf('/', StringComparison.Ordinal) + 1)..])),
        };
        return found.Distinct().OrderBy(row => row.Namespace, StringComparer.Ordinal).ThenBy(row => row.Name, StringComparer.Ordinal)
            .Select(row => (new Selection(target.Kind, row.Namespace, row.Name), row.Namespace, row.Name));
    }

    private static bool Matches(Selection target, string @namespace, string name) =>
        (target.Namespace is null || target.Namespace == @namespace) && (target.Name is null || target.Name == name);
}
