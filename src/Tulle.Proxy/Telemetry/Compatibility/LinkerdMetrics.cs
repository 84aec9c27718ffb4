using Tulle.Metrics;
using static Tulle.Metrics.MetricDefinition;

namespace Tulle.Proxy.Telemetry.Compatibility;

/// <summary>What <c>--metrics-compat linkerd</c> adds beside labels on the traffic metrics, most of which have Linkerd's names anyway.</summary>
internal static class LinkerdMetrics
{
    private static readonly string[] Route = ["direction", "tls", "dst", "rt_route", "*Linkerd's labels"];

    public static readonly MetricDefinition TcpClosed = Count("tcp_close_total", [.. (string[])["*traffic labels"]], "Connections closed.");

    public static readonly MetricDefinition RouteRequests = Count("route_request_total", Route, "Requests of named routes.");

    public static readonly MetricDefinition RouteResponses = Count("route_response_total", [.. Route, "classification", "status_code", "grpc_status", "mesh_error"], "Responses of named routes.");

    public static readonly MetricDefinition RouteLatency = Histogram("route_response_latency_ms", "ms", Route, "Latency of named routes.", MetricStability.Compatible);

    public static readonly MetricDefinition AuthorizationsAllowed = Count("inbound_http_authz_allow_total", ["authz_name"], "Requests that a policy allowed.");

    public static readonly MetricDefinition AuthorizationsDenied = Count("inbound_http_authz_deny_total", ["authz_name"], "Requests that a policy denied.");

    public static IReadOnlyList<MetricDefinition> All { get; } =
        [TcpClosed, RouteRequests, RouteResponses, RouteLatency, AuthorizationsAllowed, AuthorizationsDenied];

    private static MetricDefinition Count(string name, string[] labels, string help) => Counter(name, "", labels, help, MetricStability.Compatible);
}
