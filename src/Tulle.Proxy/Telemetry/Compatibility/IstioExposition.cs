using System.Globalization;
using Tulle.Metrics;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.Telemetry.Compatibility;

/// <summary>Istio's standard metrics, made of our series. What is not known is <c>unknown</c>, as with Istio.</summary>
internal static class IstioExposition
{
    private const string Unknown = "unknown";

    public static void Write(ExpositionWriter writer, IReadOnlyList<LoopMetrics> loops, WorkloadSelf self)
    {
        var requests = new SortedDictionary<string, ResponseCell>(StringComparer.Ordinal);
        var connections = new SortedDictionary<string, long[]>(StringComparer.Ordinal);
        foreach (TrafficSeries series in loops.SelectMany(loop => loop.All))
        {
            string labels = LabelsOf(series.Key, self);
            foreach (ResponseCell cell in Volatile.Read(ref series.Details)?.Cells ?? [])
            {
                string full = LabelSet.Join(labels, LabelsOf(cell.Detail));
                if (!requests.TryGetValue(full, out ResponseCell? sum)) requests.Add(full, sum = new ResponseCell(cell.Key));
                sum.Add(cell);
            }
            if (Volatile.Read(ref series.TcpOpened) > 0) Add(connections, LabelSet.Join(labels, "request_protocol=\"tcp\",response_flags=\"-\""), series);
        }

        writer.Begin(IstioMetrics.Requests);
        foreach ((string labels, ResponseCell cell) in requests) writer.Sample(labels, cell.Count);
        writer.Begin(IstioMetrics.Durations);
        foreach ((string labels, ResponseCell cell) in requests) cell.Durations.Write(writer, labels);
        writer.Begin(IstioMetrics.RequestBytes);
        foreach ((string labels, ResponseCell cell) in requests) cell.RequestBytes.Write(writer, labels);
        writer.Begin(IstioMetrics.ResponseBytes);
        foreach ((string labels, ResponseCell cell) in requests) cell.ResponseBytes.Write(writer, labels);
        MetricDefinition[] tcp = [IstioMetrics.TcpOpened, IstioMetrics.TcpClosed, IstioMetrics.TcpSent, IstioMetrics.TcpReceived];
        for (int i = 0; i < tcp.Length; i++)
        {
            writer.Begin(tcp[i]);
            foreach ((string labels, long[] values) in connections) writer.Sample(labels, values[i]);
        }
    }

    private static void Add(SortedDictionary<string, long[]> connections, string labels, TrafficSeries series)
    {
        if (!connections.TryGetValue(labels, out long[]? sums)) connections.Add(labels, sums = new long[4]);
        sums[0] += Volatile.Read(ref series.TcpOpened);
        sums[1] += Volatile.Read(ref series.TcpClosed);
        sums[2] += Volatile.Read(ref series.TcpToClient);
        sums[3] += Volatile.Read(ref series.TcpFromClient);
    }

    private static string LabelsOf(in ResponseDetail detail) => LabelSet.Of(
        ("request_protocol", detail.IsGrpc ? "grpc" : "http"),
        ("response_code", detail.Status.ToString(CultureInfo.InvariantCulture)),
        ("grpc_response_status", detail.GrpcStatus < 0 ? "" : detail.GrpcStatus.ToString(CultureInfo.InvariantCulture)),
        ("response_flags", FlagNames.Text((ResponseFlags)detail.Flags)));

    private static string LabelsOf(in SeriesKey key, WorkloadSelf self)
    {
        bool outbound = key.Direction == Direction.Outbound;
        Side own = SideOf(self.Workload, self.Identity);
        // A client's proof names its service account. Kiali draws clients by their workload, which by convention has the same name.
        (string peerNamespace, string peerAccount) = WorkloadNames.OfIdentity(key.PeerIdentity);
        Side peer = SideOf(key.PeerWorkload.Length > 0 ? key.PeerWorkload : peerAccount, key.PeerIdentity);
        if (outbound && peerNamespace.Length == 0 && key.PeerWorkload.Length > 0) peer = peer with { Namespace = Or(key.ServiceNamespace) };
        (Side source, Side destination) = outbound ? (own, peer) : (peer, own);
        bool external = outbound && key.ServiceNamespace.Length == 0 && key.ServiceName.Length > 0;
        string service = key.ServiceName.Length == 0 ? Unknown : external ? key.ServiceName : $"{key.ServiceName}.{key.ServiceNamespace}.svc.cluster.local";
        return LabelSet.Of(
            ("reporter", outbound ? "source" : "destination"),
            ("source_workload", source.Name),
            ("source_canonical_service", source.Name),
            ("source_canonical_revision", "latest"),
            ("source_workload_namespace", source.Namespace),
            ("source_principal", source.Principal),
            ("source_app", Unknown),
            ("source_version", Unknown),
            ("source_cluster", Unknown),
            ("destination_workload", destination.Name),
            ("destination_workload_namespace", destination.Namespace),
            ("destination_principal", destination.Principal),
            ("destination_app", Unknown),
            ("destination_version", Unknown),
            ("destination_service", service),
            ("destination_canonical_service", destination.Name),
            ("destination_canonical_revision", "latest"),
            ("destination_service_name", external ? "PassthroughCluster" : Or(key.ServiceName)),
            ("destination_service_namespace", Or(key.ServiceNamespace)),
            ("destination_cluster", Unknown),
            ("connection_security_policy", outbound ? Unknown : key.Tls ? "mutual_tls" : "none"));
    }

    private static Side SideOf(string workload, string identity) => new(
        Or(WorkloadNames.NameOf(workload)), Or(WorkloadNames.OfIdentity(identity).Namespace), Or(identity));

    private static string Or(string text) => text.Length == 0 ? Unknown : text;

    private sealed record Side(string Name, string Namespace, string Principal);
}
