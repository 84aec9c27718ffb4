using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry;

/// <summary>The traffic part of /metrics: one set of labels per series, names in Linkerd's tradition.</summary>
internal static class TrafficExposition
{
    public static void Write(PrometheusWriter writer, IReadOnlyList<LoopMetrics> loops)
    {
        List<(string Labels, TrafficTotals Totals)> series = Sum(loops);

        Counter("request_total", "Requests finished, whoever answered.", t => t.Requests);
        writer.Family("response_total", "counter", "Responses by classification: success below 500, failure from the application, error made by the mesh.");
        foreach ((string labels, TrafficTotals totals) in series)
        {
            if (totals.Successes > 0) writer.Sample("response_total", labels, totals.Successes, "classification=\"success\"");
            if (totals.Failures > 0) writer.Sample("response_total", labels, totals.Failures, "classification=\"failure\"");
            if (totals.MeshErrors > 0) writer.Sample("response_total", labels, totals.MeshErrors, "classification=\"mesh_error\"");
        }

        writer.Family("response_status_total", "counter", "Responses by the hundreds of their status; none: ended without one.");
        foreach ((string labels, TrafficTotals totals) in series)
        {
            for (int i = 0; i < totals.StatusClasses.Length; i++)
            {
                if (totals.StatusClasses[i] > 0)
                    writer.Sample("response_status_total", labels, totals.StatusClasses[i], i == 0 ? "status=\"none\"" : $"status=\"{i}xx\"");
            }
        }

        WriteGrpc(writer, series);
        WriteLatency(writer, series);
        writer.Family("tcp_open_connections", "gauge", "Connections open now.");
        foreach ((string labels, TrafficTotals totals) in series) writer.Sample("tcp_open_connections", labels, totals.OpenConnections);
        Counter("tcp_open_total", "Connections opened.", t => t.ConnectionsOpened);
        Counter("tcp_read_bytes_total", "Bytes received from the peer.", t => t.BytesReceived);
        Counter("tcp_write_bytes_total", "Bytes sent to the peer.", t => t.BytesSent);
        WriteErrors(writer, loops);
        Total("fault_delays_total", "Requests delayed on purpose.", static loop => Volatile.Read(ref loop.FaultDelays));
        Total("fault_aborts_total", "Requests aborted on purpose.", static loop => Volatile.Read(ref loop.FaultAborts));
        Total("mirror_requests_total", "Copies of requests sent to mirrors.", static loop => Volatile.Read(ref loop.MirrorsSent));
        Total("mirror_dropped_total", "Copies of requests not sent to mirrors: too many under way, or the body too long to keep.", static loop => Volatile.Read(ref loop.MirrorsDropped));

        void Total(string name, string help, Func<LoopMetrics, long> value)
        {
            writer.Family(name, "counter", help);
            writer.Sample(name, "", loops.Sum(value));
        }

        void Counter(string name, string help, Func<TrafficTotals, long> value)
        {
            writer.Family(name, "counter", help);
            foreach ((string labels, TrafficTotals totals) in series) writer.Sample(name, labels, value(totals));
        }
    }

    private static void WriteGrpc(PrometheusWriter writer, List<(string Labels, TrafficTotals Totals)> series)
    {
        writer.Family("response_grpc_status_total", "counter", "gRPC responses by grpc-status; other: a number that gRPC does not know.");
        foreach ((string labels, TrafficTotals totals) in series)
        {
            for (int i = 0; i < totals.GrpcStatuses.Length; i++)
            {
                string name = i == TrafficSeries.GrpcStatusCount - 1 ? "other" : i.ToString(System.Globalization.CultureInfo.InvariantCulture);
                if (totals.GrpcStatuses[i] > 0) writer.Sample("response_grpc_status_total", labels, totals.GrpcStatuses[i], $"grpc_status=\"{name}\"");
            }
        }
    }

    private static void WriteLatency(PrometheusWriter writer, List<(string Labels, TrafficTotals Totals)> series)
    {
        writer.Family("response_latency_ms", "histogram", "From a request's head to the end of its response, in milliseconds.");
        foreach ((string labels, TrafficTotals totals) in series)
        {
            long[] cumulative = LatencyHistogram.Cumulative(totals.LatencyBuckets);
            if (cumulative[^1] == 0) continue;
            for (int i = 0; i < LatencyHistogram.BoundsMilliseconds.Length; i++)
                writer.Sample("response_latency_ms_bucket", labels, cumulative[i], $"le=\"{LatencyHistogram.BoundsMilliseconds[i]}\"");
            writer.Sample("response_latency_ms_bucket", labels, cumulative[^1], "le=\"+Inf\"");
            writer.Sample("response_latency_ms_sum", labels, totals.LatencySumMicros / 1_000.0);
            writer.Sample("response_latency_ms_count", labels, cumulative[^1]);
        }
    }

    private static void WriteErrors(PrometheusWriter writer, IReadOnlyList<LoopMetrics> loops)
    {
        writer.Family("mesh_errors_total", "counter", "Requests and connections that the proxy itself refused or failed, by reason.");
        var errors = loops.SelectMany(l => l.Errors).GroupBy(e => (e.Direction, e.Reason)).OrderBy(g => g.Key.Direction).ThenBy(g => g.Key.Reason, StringComparer.Ordinal);
        foreach (var error in errors)
        {
            string labels = PrometheusWriter.Labels(("direction", Name(error.Key.Direction)), ("reason", error.Key.Reason));
            writer.Sample("mesh_errors_total", labels, error.Sum(e => Volatile.Read(ref e.Count)));
        }
    }

    private static List<(string Labels, TrafficTotals Totals)> Sum(IReadOnlyList<LoopMetrics> loops)
    {
        var sums = new Dictionary<SeriesKey, TrafficTotals>();
        foreach (TrafficSeries series in loops.SelectMany(l => l.All))
        {
            if (!sums.TryGetValue(series.Key, out TrafficTotals? totals)) sums[series.Key] = totals = new TrafficTotals();
            totals.Add(series);
        }

        return [.. sums.Select(s => (Labels: LabelsOf(s.Key), s.Value)).OrderBy(s => s.Labels, StringComparer.Ordinal)];
    }

    private static string LabelsOf(in SeriesKey key)
    {
        bool outbound = key.Direction == Direction.Outbound;
        return PrometheusWriter.Labels(
            ("direction", Name(key.Direction)),
            ("tls", key.Tls ? "true" : "false"),
            (outbound ? "server_id" : "client_id", key.PeerIdentity),
            ("dst_workload", key.PeerWorkload),
            ("dst_namespace", key.ServiceNamespace),
            ("dst_service", key.ServiceName),
            ("dst_port", key.ServicePort == 0 ? "" : key.ServicePort.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("backend", key.Backend),
            ("route", key.Route));
    }

    private static string Name(Direction direction) => direction switch { Direction.Inbound => "inbound", Direction.Outbound => "outbound", _ => "unknown" };
}
