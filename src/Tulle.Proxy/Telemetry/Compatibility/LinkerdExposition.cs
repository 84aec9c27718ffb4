using System.Globalization;
using Tulle.Metrics;
using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry.Compatibility;

/// <summary>Linkerd's labels, and those of its metrics that ours do not cover.</summary>
internal static class LinkerdExposition
{
    /// <summary>Labels that Linkerd's boards key on, to follow our own of a series.</summary>
    public static string LabelsOf(in SeriesKey key)
    {
        (string peerNamespace, string account) = WorkloadNames.OfIdentity(key.PeerIdentity);
        bool outbound = key.Direction == Direction.Outbound;
        int slash = key.PeerWorkload.IndexOf('/');
        return LabelSet.Of(
            ("authority", outbound ? AuthorityOf(key) : ""),
            // Named after the kind of the owner: dst_deployment, dst_statefulset.
            (slash > 0 ? $"dst_{key.PeerWorkload[..slash]}" : "dst_deployment", slash > 0 ? key.PeerWorkload[(slash + 1)..] : ""),
            ("dst_serviceaccount", outbound && peerNamespace.Length > 0 ? account : ""));
    }

    /// <summary>The labels of a way in which requests ended.</summary>
    public static string LabelsOf(in ResponseDetail detail) => LabelSet.Of(
        ("classification", detail.IsSuccess ? "success" : "failure"),
        ("status_code", detail.Status == 0 ? "" : detail.Status.ToString(CultureInfo.InvariantCulture)),
        ("grpc_status", detail.GrpcStatus < 0 ? "" : detail.GrpcStatus.ToString(CultureInfo.InvariantCulture)),
        // Linkerd's boards know two classifications; this tells the mesh's failures from the service's.
        ("mesh_error", detail.IsMeshError ? "true" : ""));

    public static void Write(ExpositionWriter writer, IReadOnlyList<LoopMetrics> loops, List<(SeriesKey Key, string Labels, TrafficTotals Totals)> series)
    {
        writer.Begin(LinkerdMetrics.TcpClosed);
        foreach ((_, string labels, TrafficTotals totals) in series) writer.Sample(labels, totals.ConnectionsOpened - totals.OpenConnections);
        WriteRoutes(writer, series);
        writer.Begin(LinkerdMetrics.AuthorizationsAllowed);
        writer.Sample("authz_name=\"mtls_strict\"", loops.Sum(static loop => loop.Connections.StrictAllowed));
        writer.Begin(LinkerdMetrics.AuthorizationsDenied);
        writer.Sample("authz_name=\"mtls_strict\"", loops.Sum(static loop => loop.Connections.StrictDenied));
    }

    private static void WriteRoutes(ExpositionWriter writer, List<(SeriesKey Key, string Labels, TrafficTotals Totals)> series)
    {
        var routes = new SortedDictionary<string, TrafficTotals>(StringComparer.Ordinal);
        foreach ((SeriesKey key, _, TrafficTotals totals) in series)
        {
            if (key.Route.Length == 0 || totals.Requests == 0) continue;
            string labels = LabelSet.Join(
                LabelSet.Of(
                    ("direction", TrafficExposition.NameOf(key.Direction)), ("tls", key.Tls ? "true" : "false"), ("dst", AuthorityOf(key)), ("rt_route", key.Route)),
                LabelsOf(key));
            if (!routes.TryGetValue(labels, out TrafficTotals? sum)) routes.Add(labels, sum = new TrafficTotals());
            sum.Add(totals);
        }
        writer.Begin(LinkerdMetrics.RouteRequests);
        foreach ((string labels, TrafficTotals totals) in routes) writer.Sample(labels, totals.Requests);
        writer.Begin(LinkerdMetrics.RouteResponses);
        foreach ((string labels, TrafficTotals totals) in routes)
        {
            foreach ((ulong packed, long count) in totals.Details) writer.Sample(LabelSet.Join(labels, LabelsOf(ResponseDetail.Unpack(packed))), count);
        }
        writer.Begin(LinkerdMetrics.RouteLatency);
        foreach ((string labels, TrafficTotals totals) in routes) TrafficExposition.WriteLatency(writer, labels, totals);
    }

    private static string AuthorityOf(in SeriesKey key)
    {
        if (key.ServiceNamespace.Length == 0) return key.ServiceName;
        string port = key.ServicePort == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $":{key.ServicePort}");
        return $"{key.ServiceName}.{key.ServiceNamespace}.svc.cluster.local{port}";
    }
}
