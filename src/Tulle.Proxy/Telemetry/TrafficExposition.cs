using System.Globalization;
using Tulle.Metrics;
using Tulle.Protocol;
using Tulle.Proxy.Telemetry.Compatibility;

namespace Tulle.Proxy.Telemetry;

/// <summary>The traffic part of /metrics: one set of labels per series, names in Linkerd's tradition.</summary>
internal static class TrafficExposition
{
    /// <param name="linkerd">Whether to add the labels that Linkerd's boards key on, and Linkerd's other metrics at the end.</param>
    public static void Write(ExpositionWriter writer, IReadOnlyList<LoopMetrics> loops, bool linkerd = false)
    {
        List<(SeriesKey Key, string Labels, TrafficTotals Totals)> series = Sum(loops, linkerd);
        WriteEach(ProxyMetrics.Requests, static t => t.Requests);
        WriteResponses(writer, series, linkerd);
        WriteStatuses(writer, series);
        WriteGrpc(writer, series);
        WriteLatency(writer, series);
        DurationExposition.Write(writer, loops);
        WriteEach(ProxyMetrics.Retries, static t => t.Retries);
        WriteEach(ProxyMetrics.OpenConnections, static t => t.OpenConnections);
        WriteEach(ProxyMetrics.ConnectionsOpened, static t => t.ConnectionsOpened);
        WriteEach(ProxyMetrics.BytesReceived, static t => t.BytesReceived);
        WriteEach(ProxyMetrics.BytesSent, static t => t.BytesSent);
        if (linkerd) LinkerdExposition.Write(writer, loops, series);

        void WriteEach(MetricDefinition metric, Func<TrafficTotals, long> value)
        {
            writer.Begin(metric);
            foreach ((_, string labels, TrafficTotals totals) in series) writer.Sample(labels, value(totals));
        }
    }

    private static void WriteResponses(ExpositionWriter writer, List<(SeriesKey Key, string Labels, TrafficTotals Totals)> series, bool linkerd)
    {
        writer.Begin(ProxyMetrics.Responses);
        foreach ((_, string labels, TrafficTotals totals) in series)
        {
            // What never happened yet has a sample too once anything did, so that a rate does not miss the first of its kind.
            if (totals.Requests == 0) continue;
            if (linkerd)
            {
                foreach ((ulong packed, long count) in totals.Details)
                    writer.Sample(LabelSet.Join(labels, LinkerdExposition.LabelsOf(ResponseDetail.Unpack(packed))), count);
                continue;
            }
            writer.Sample(LabelSet.Join(labels, "classification=\"success\""), totals.Successes);
            writer.Sample(LabelSet.Join(labels, "classification=\"failure\""), totals.Failures);
            writer.Sample(LabelSet.Join(labels, "classification=\"mesh_error\""), totals.MeshErrors);
        }
    }

    private static void WriteStatuses(ExpositionWriter writer, List<(SeriesKey Key, string Labels, TrafficTotals Totals)> series)
    {
        writer.Begin(ProxyMetrics.ResponseStatuses);
        foreach ((_, string labels, TrafficTotals totals) in series)
        {
            for (int i = 0; i < totals.StatusClasses.Length; i++)
            {
                if (totals.StatusClasses[i] > 0)
                    writer.Sample(LabelSet.Join(labels, i == 0 ? "status=\"none\"" : $"status=\"{i}xx\""), totals.StatusClasses[i]);
            }
        }
    }

    private static void WriteGrpc(ExpositionWriter writer, List<(SeriesKey Key, string Labels, TrafficTotals Totals)> series)
    {
        writer.Begin(ProxyMetrics.GrpcStatuses);
        foreach ((_, string labels, TrafficTotals totals) in series)
        {
            for (int i = 0; i < totals.GrpcStatuses.Length; i++)
            {
                string name = i == TrafficSeries.GrpcStatusCount - 1 ? "other" : i.ToString(CultureInfo.InvariantCulture);
                if (totals.GrpcStatuses[i] > 0) writer.Sample(LabelSet.Join(labels, $"grpc_status=\"{name}\""), totals.GrpcStatuses[i]);
            }
        }
    }

    private static void WriteLatency(ExpositionWriter writer, List<(SeriesKey Key, string Labels, TrafficTotals Totals)> series)
    {
        writer.Begin(ProxyMetrics.Latency);
        foreach ((_, string labels, TrafficTotals totals) in series) WriteLatency(writer, labels, totals);
    }

    /// <summary>The samples of one histogram in Linkerd's buckets; none where nothing was counted.</summary>
    public static void WriteLatency(ExpositionWriter writer, string labels, TrafficTotals totals)
    {
        long[] cumulative = LatencyHistogram.Cumulative(totals.LatencyBuckets);
        if (cumulative[^1] == 0) return;
        for (int i = 0; i < LatencyHistogram.BoundsMilliseconds.Length; i++)
            writer.Bucket(labels, LatencyHistogram.BoundsMilliseconds[i], cumulative[i]);
        writer.Bucket(labels, double.PositiveInfinity, cumulative[^1]);
        writer.SumAndCount(labels, totals.LatencySumMicros / 1_000.0, cumulative[^1]);
    }

    private static List<(SeriesKey Key, string Labels, TrafficTotals Totals)> Sum(IReadOnlyList<LoopMetrics> loops, bool linkerd)
    {
        var sums = new Dictionary<SeriesKey, TrafficTotals>();
        foreach (TrafficSeries series in loops.SelectMany(l => l.All))
        {
            if (!sums.TryGetValue(series.Key, out TrafficTotals? totals)) sums[series.Key] = totals = new TrafficTotals();
            totals.Add(series);
            if (linkerd) totals.AddDetails(series);
        }

        return [.. sums.Select(s => (s.Key, Labels: linkerd ? LabelSet.Join(LabelsOf(s.Key), LinkerdExposition.LabelsOf(s.Key)) : LabelsOf(s.Key), s.Value)).OrderBy(s => s.Labels, StringComparer.Ordinal)];
    }

    private static string LabelsOf(in SeriesKey key)
    {
        bool outbound = key.Direction == Direction.Outbound;
        return LabelSet.Of(
            ("direction", NameOf(key.Direction)),
            ("tls", key.Tls ? "true" : "false"),
            (outbound ? "server_id" : "client_id", key.PeerIdentity),
            ("dst_workload", key.PeerWorkload),
            ("dst_namespace", key.ServiceNamespace),
            ("dst_service", key.ServiceName),
            ("dst_port", key.ServicePort == 0 ? "" : key.ServicePort.ToString(CultureInfo.InvariantCulture)),
            ("backend", key.Backend),
            ("route", key.Route));
    }

    /// <summary>A direction as a label's value.</summary>
    public static string NameOf(Direction direction) => direction switch { Direction.Inbound => "inbound", Direction.Outbound => "outbound", _ => "unknown" };
}
