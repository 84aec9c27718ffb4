using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Prometheus;

/// <summary>
/// The traffic that a Prometheus has scraped from the proxies with our configuration, which says whose they are in the labels
/// <c>namespace</c> and <c>pod</c>. Thread-safe.
/// </summary>
internal sealed class PrometheusTraffic(PrometheusClient client, TimeProvider clock) : ITrafficSource
{
    private const string By =
        "namespace, pod, direction, tls, client_id, server_id, dst_workload, dst_namespace, dst_service, backend, route";

    private const string LatencyBy = "namespace, pod, direction, dst_workload, dst_namespace, dst_service, route, le";

    private const string Ours = "{namespace!=\"\",pod!=\"\",direction!=\"\"}";

    public void AddTo(IEnumerable<WorkloadPod> pods, Func<WorkloadPod, SeriesId, TrafficTotals?> totalsOf, int windowSeconds)
    {
        // The second that has begun counts: what was scraped in it is known.
        long now = clock.GetUtcNow().ToUnixTimeSeconds() + 1;
        Read(pods, totalsOf, now, now, windowSeconds, (totals, _, slot, delta) =>
        {
            totals.Add(slot, delta.Tls);
            totals.RequestsPerSecond += (double)slot.Requests / windowSeconds;
            totals.AddConnections(delta.OpenConnections, delta.Tls);
        });
    }

    /// <inheritdoc cref="History.RecordedTraffic.Steps"/>
    public TrafficTotals[] Steps(IEnumerable<WorkloadPod> pods, Func<WorkloadPod, SeriesId, bool> filter, long start, int step, int count)
    {
        var steps = new TrafficTotals[count];
        for (int i = 0; i < count; i++) steps[i] = new TrafficTotals();
        TrafficTotals any = steps[0];
        // A step is what was counted until its end.
        Read(pods, (pod, series) => filter(pod, series) ? any : null, start + step, start + ((long)step * count), step, (_, second, slot, delta) =>
        {
            TrafficTotals totals = steps[((second - start) / step) - 1];
            totals.Add(slot, delta.Tls);
            totals.RequestsPerSecond += (double)slot.Requests / step;
        });
        return steps;
    }

    private void Read(
        IEnumerable<WorkloadPod> pods, Func<WorkloadPod, SeriesId, TrafficTotals?> totalsOf, long start, long end, int step,
        Action<TrafficTotals, long, TrafficSlot, TrafficDelta> take)
    {
        Dictionary<ProxyId, WorkloadPod> known = pods.DistinctBy(pod => pod.Proxy).ToDictionary(pod => pod.Proxy);
        if (known.Count == 0) return;
        var deltas = new DeltaTable();
        foreach ((string metric, Action<TrafficDelta, double> set) in Counters)
            deltas.Add(client.Query($"sum by ({By}) ({Increase(metric, step)})", start, end, step), set);
        foreach ((string labels, Action<TrafficDelta, double> set) in Classes)
            deltas.Add(client.Query($"sum by ({By}) ({Increase($"response_total{Ours[..^1]},{labels}}}", step)})", start, end, step), set);
        deltas.Add(client.Query($"sum by ({By}) (tcp_open_connections{Ours})", start, end, step), (delta, value) => delta.OpenConnections = (long)value);
        deltas.AddLatencies(client.Query($"sum by ({LatencyBy}) ({Increase("request_duration_seconds_bucket" + Ours, step)})", start, end, step));

        foreach ((ProxyId proxy, long second, TrafficDelta delta) in deltas.All)
        {
            if (!known.TryGetValue(proxy, out WorkloadPod? pod) || totalsOf(pod, SeriesId.Of(delta)) is not { } totals) continue;
            var slot = new TrafficSlot(second);
            slot.Add(delta);
            take(totals, second, slot, delta);
        }
    }

    private static readonly (string Metric, Action<TrafficDelta, double> Set)[] Counters =
    [
        ("request_total" + Ours, (delta, value) => delta.Requests = Count(value)),
        ("tcp_read_bytes_total" + Ours, (delta, value) => delta.BytesReceived = Count(value)),
        ("tcp_write_bytes_total" + Ours, (delta, value) => delta.BytesSent = Count(value)),
    ];

    private static readonly (string Labels, Action<TrafficDelta, double> Set)[] Classes =
    [
        ("classification=\"success\"", (delta, value) => delta.Successes = Count(value)),
        ("classification=\"failure\",mesh_error=\"\"", (delta, value) => delta.Failures = Count(value)),
        ("classification=\"mesh_error\"", (delta, value) => delta.MeshErrors += Count(value)),
        // With --metrics-compat linkerd they are failures.
        ("classification=\"failure\",mesh_error=\"true\"", (delta, value) => delta.MeshErrors += Count(value)),
    ];

    /// <summary>
    /// How much a counter grew within the last seconds: the difference of two scraped values, which unlike increase() is not
    /// extrapolated, so that requests stay whole; only where the proxy began anew in between, increase() has to do.
    /// </summary>
    private static string Increase(string metric, int seconds) =>
        $"(({metric} - ({metric} offset {seconds}s or {metric} * 0)) unless resets({metric}[{seconds}s]) > 0) or increase({metric}[{seconds}s])";

    private static ulong Count(double value) => value > 0 ? (ulong)Math.Round(value) : 0;
}
