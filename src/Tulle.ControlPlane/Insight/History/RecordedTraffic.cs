using Tulle.ControlPlane.Insight.Prometheus;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// The traffic of any window: of up to ten minutes as the proxies reported it, of longer ones from the history, which knows
/// workloads but no single pods. Thread-safe.
/// </summary>
/// <param name="prometheus">Where everything is asked instead; null: nowhere.</param>
/// <param name="pacer">Says how often proxies report; null: every second.</param>
internal sealed class RecordedTraffic(TrafficStore live, HistoryStore? history, TimeProvider clock, PrometheusTraffic? prometheus = null, ReportPacer? pacer = null)
    : ITrafficSource
{
    public int Skew => 1 + (pacer?.RestPeriod ?? 1);

    /// <summary>The longest window there is, seconds.</summary>
    public int MaxWindow => HasHistory ? HistoryStore.CoarseAge : SeriesHistory.MaxAge;

    /// <summary>Anything is known of longer ago.</summary>
    public bool HasHistory => history is not null || prometheus is not null;

    public void AddTo(IEnumerable<WorkloadPod> pods, Func<WorkloadPod, SeriesId, TrafficTotals?> totalsOf, int windowSeconds)
    {
        if (prometheus is not null)
        {
            prometheus.AddTo(pods, totalsOf, windowSeconds);
            return;
        }
        if (history is null || windowSeconds <= SeriesHistory.MaxAge)
        {
            live.AddTo(pods, totalsOf, windowSeconds);
            return;
        }
        WorkloadPod[] all = [.. pods];
        live.AddConnectionsTo(all, totalsOf);
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        var sums = new Dictionary<TrafficTotals, TrafficTotals[]>();
        long first = Read(all, (pod, series) => totalsOf(pod, series) is not { } totals ? null : sums.TryGetValue(totals, out TrafficTotals[]? known) ? known : sums[totals] = [totals], now - windowSeconds, now + 1);
        // A history younger than the window would make everything look slower than it is.
        double seconds = Math.Clamp(now - Math.Max(first, history.Since) + 1, 1, windowSeconds);
        foreach (TrafficTotals totals in sums.Keys) totals.RequestsPerSecond = totals.Requests / seconds;
    }

    /// <summary>The sums of each step of a time.</summary>
    /// <param name="pods">Whose reports; replicas of a workload count as one.</param>
    /// <param name="filter">Which series.</param>
    /// <param name="start">The first second.</param>
    /// <param name="step">Seconds.</param>
    /// <param name="count">How many steps.</param>
    public TrafficTotals[] Steps(IEnumerable<WorkloadPod> pods, Func<WorkloadPod, SeriesId, bool> filter, long start, int step, int count)
    {
        if (prometheus is not null) return prometheus.Steps(pods, filter, start, step, count);
        var steps = new TrafficTotals[count];
        for (int i = 0; i < count; i++) steps[i] = new TrafficTotals();
        Read([.. pods], (pod, series) => filter(pod, series) ? steps : null, start, start + (long)step * count, step);
        foreach (TrafficTotals totals in steps) totals.RequestsPerSecond = (double)totals.Requests / step;
        return steps;
    }

    private long Read(WorkloadPod[] pods, Func<WorkloadPod, SeriesId, TrafficTotals[]?> sumsOf, long from, long until, int? step = null)
    {
        if (history is null) return from;
        var workloads = new Dictionary<(string, string), List<WorkloadPod>>();
        foreach (WorkloadPod pod in pods)
        {
            if (!workloads.TryGetValue((pod.Namespace, pod.Workload), out List<WorkloadPod>? replicas)) workloads[(pod.Namespace, pod.Workload)] = replicas = [];
            // Replicas differ in what they belong to, if at all: what one of them counts for, the workload does.
            if (!replicas.Exists(replica => replica.Services.SequenceEqual(pod.Services))) replicas.Add(pod);
        }
        return history.AddTo(
            id => workloads.TryGetValue((id.Namespace, id.Workload), out List<WorkloadPod>? replicas) ? replicas.Select(pod => sumsOf(pod, id.Series)).FirstOrDefault(sums => sums is not null) : null,
            from, until, step);
    }
}
