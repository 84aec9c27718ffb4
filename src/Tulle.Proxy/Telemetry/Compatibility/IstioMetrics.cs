using Tulle.Metrics;
using static Tulle.Metrics.MetricDefinition;

namespace Tulle.Proxy.Telemetry.Compatibility;

/// <summary>What <c>--metrics-compat istio</c> adds: Istio's standard metrics with its labels.</summary>
internal static class IstioMetrics
{
    /// <summary>In Istio's order.</summary>
    private static readonly string[] Tcp =
    [
        "reporter", "source_workload", "source_canonical_service", "source_canonical_revision", "source_workload_namespace", "source_principal", "source_app",
        "source_version", "source_cluster", "destination_workload", "destination_workload_namespace", "destination_principal", "destination_app", "destination_version",
        "destination_service", "destination_canonical_service", "destination_canonical_revision", "destination_service_name", "destination_service_namespace",
        "destination_cluster", "request_protocol", "response_flags", "connection_security_policy",
    ];

    private static readonly string[] Http = [.. Tcp, "response_code", "grpc_response_status"];

    public static readonly MetricDefinition Requests = Count("istio_requests_total", "", Http, "Requests finished.");

    public static readonly MetricDefinition Durations = Distribution("istio_request_duration_milliseconds", "milliseconds", "From a request's head to the end of its response.");

    public static readonly MetricDefinition RequestBytes = Distribution("istio_request_bytes", "bytes", "Content of requests.");

    public static readonly MetricDefinition ResponseBytes = Distribution("istio_response_bytes", "bytes", "Content of responses.");

    public static readonly MetricDefinition TcpOpened = Count("istio_tcp_connections_opened_total", "", Tcp, "Connections opened that are no HTTP.");

    public static readonly MetricDefinition TcpClosed = Count("istio_tcp_connections_closed_total", "", Tcp, "Connections closed that were no HTTP.");

    public static readonly MetricDefinition TcpSent = Count("istio_tcp_sent_bytes_total", "bytes", Tcp, "Bytes that went to the client of such connections.");

    public static readonly MetricDefinition TcpReceived = Count("istio_tcp_received_bytes_total", "bytes", Tcp, "Bytes that came from the client of such connections.");

    public static IReadOnlyList<MetricDefinition> All { get; } = [Requests, Durations, RequestBytes, ResponseBytes, TcpOpened, TcpClosed, TcpSent, TcpReceived];

    private static MetricDefinition Count(string name, string unit, string[] labels, string help) => Counter(name, unit, labels, help, MetricStability.Compatible);

    private static MetricDefinition Distribution(string name, string unit, string help) => Histogram(name, unit, Http, help, MetricStability.Compatible);
}
