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
        // A history younger than the window would make everything look slower than it is.
        long seconds = Math.Clamp(now - history.Since + 1, 1, windowSeconds);
        Read(all, totalsOf, now - windowSeconds, now + 1, (totals, slot, tls) =>
        {
            totals.Add(slot, tls);
            totals.RequestsPerSecond += (double)slot.Requests / seconds;
        });
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
        TrafficTotals first = steps[0];
        Read([.. pods], (pod, series) => filter(pod, series) ? first : null, start, start + (long)step * count, (_, slot, tls) =>
        {
            TrafficTotals totals = steps[(slot.Second - start) / step];
            totals.Add(slot, tls);
            totals.RequestsPerSecond += (double)slot.Requests / step;
        });
        return steps;
    }

    private void Read(
        WorkloadPod[] pods, Func<WorkloadPod, SeriesId, TrafficTotals?> totalsOf, long from, long until, Action<TrafficTotals, TrafficSlot, bool> take)
    {
        if (history is null) return;
        var workloads = new Dictionary<(string, string), WorkloadPod>();
        foreach (WorkloadPod pod in pods) workloads.TryAdd((pod.Namespace, pod.Workload), pod);
        var sums = new Dictionary<HistoryId, TrafficTotals>();
        history.Read(
            id =>
            {
                if (!workloads.TryGetValue((id.Namespace, id.Workload), out WorkloadPod? pod) || totalsOf(pod, id.Series) is not { } totals) return false;
                sums[id] = totals;
                return true;
            },
            from, until, (id, slot) => take(sums[id], slot, id.Series.Tls));
    }
}
