using Tulle.Metrics;
using static Tulle.Metrics.MetricDefinition;

namespace Tulle.Proxy.Telemetry;

/// <summary>Every metric that the proxy has, in the order of its page: the one place for names, units, labels and meaning.</summary>
internal static class ProxyMetrics
{
    private static readonly string[] None = [];
    private static readonly string[] Traffic = ["*traffic labels"];
    private static readonly string[] Limits = ["backend", "limit"];
    private static readonly string[] Stream = ["stream"];

    public static readonly MetricDefinition Requests = Counter("request_total", "", Traffic, "Requests finished, whoever answered.");

    public static readonly MetricDefinition Responses = Counter("response_total", "", [.. Traffic, "classification"],
        "Responses: success, failure (by the application, or cut off), mesh_error (answered by the proxy, or by the one of a meshed server). A named route's response classes decide, "
        + "else 500 and above is a failure; of gRPC the statuses 2, 4, 12, 13, 14 and 15 are, and a call without a status.");

    public static readonly MetricDefinition ResponseStatuses = Counter("response_status_total", "", [.. Traffic, "status"],
        "Responses by the hundreds of their status, 1xx to 5xx; none: ended without one.");

    public static readonly MetricDefinition GrpcStatuses = Counter("response_grpc_status_total", "", [.. Traffic, "grpc_status"],
        "gRPC responses by grpc-status, 0 to 16; other: a number that gRPC does not know.");

    public static readonly MetricDefinition Latency = Histogram("response_latency_ms", "ms", Traffic,
        "From a request's head to the end of its response, in Linkerd's buckets.");

    public static readonly MetricDefinition Duration = Histogram("request_duration_seconds", "seconds",
        ["direction", "dst_workload", "dst_namespace", "dst_service", "route"],
        "From a request's head to the end of its response, in buckets that are fine enough for p99.9. Exemplars name the trace.");

    public static readonly MetricDefinition Retries = Counter("request_retries_total", "", Traffic, "Tries that a retry policy had repeated, where they had failed.");

    public static readonly MetricDefinition OpenConnections = Gauge("tcp_open_connections", "", Traffic, "Connections open now.");

    public static readonly MetricDefinition ConnectionsOpened = Counter("tcp_open_total", "", Traffic, "Connections opened.");

    public static readonly MetricDefinition BytesReceived = Counter("tcp_read_bytes_total", "bytes", Traffic, "Bytes received from the peer.");

    public static readonly MetricDefinition BytesSent = Counter("tcp_write_bytes_total", "bytes", Traffic, "Bytes sent to the peer.");

    public static readonly MetricDefinition Errors = Counter("mesh_errors_total", "", ["direction", "reason"],
        "Requests and connections that the proxy itself refused or failed; the reason is the token of the tulle-error header.");

    public static readonly MetricDefinition Timeouts = Counter("request_timeouts_total", "", ["direction", "timeout"],
        "Waits that were given up, also of tries that another one followed: request (the route's timeout), try, response, connect, queue (for a connection), "
        + "idle, stream (its longest life), client (the request's own bytes), discovery.");

    public static readonly MetricDefinition InFlight = Gauge("requests_in_flight", "", None, "Requests admitted and not over.");

    public static readonly MetricDefinition Detections = Counter("protocol_detections_total", "", ["direction", "protocol"],
        "Connections by what they turned out to carry: http1, http2, tls (the application's own), opaque, server_first (the server spoke first).");

    public static readonly MetricDefinition Handshakes = Counter("tls_handshakes_total", "", ["direction", "result"],
        "Mutual TLS between proxies: ok, failed, wrong_identity (another than the one expected, or not of this mesh), no_certificate (of our own yet).");

    public static readonly MetricDefinition Authorizations = Counter("inbound_authorizations_total", "", ["verdict", "policy"],
        "Requests, and connections that are no HTTP, that a policy allowed or denied: mtls_strict. What no policy looks at is not counted.");

    public static readonly MetricDefinition PolicyEvents = Counter("policy_events_total", "", ["event"],
        "retry, retry_success (answered without an error), retry_limit_exceeded (all tries made), retry_budget_exhausted, retry_overflow (maxRetries), "
        + "resend (it provably was not processed, so no policy was asked).");

    public static readonly MetricDefinition Endpoints = Gauge("backend_endpoints", "", ["backend", "state"],
        "Endpoints: ready, ejected (outlier detection), open (failure accrual, until its next probe), failing_checks (active health checks).");

    public static readonly MetricDefinition Ejections = Counter("backend_ejections_total", "", ["backend"], "Endpoints taken out after failures.");

    public static readonly MetricDefinition BreakerLimit = Gauge("backend_breaker_limit", "", Limits,
        "What the connection pool allows: connections, pending (requests that wait for a connection), requests, retries. Without a sample: no limit.");

    public static readonly MetricDefinition BreakerActive = Gauge("backend_breaker_active", "", Limits, "What counts for a limit now.");

    public static readonly MetricDefinition BreakerOpen = Gauge("backend_breaker_open", "", Limits, "1 where a limit is reached, so that more is refused; else 0.");

    public static readonly MetricDefinition BreakerOverflow = Counter("backend_breaker_overflow_total", "", Limits, "How often a limit was met.");

    public static readonly MetricDefinition FaultDelays = Counter("fault_delays_total", "", None, "Requests delayed on purpose.");

    public static readonly MetricDefinition FaultAborts = Counter("fault_aborts_total", "", None, "Requests aborted on purpose.");

    public static readonly MetricDefinition Mirrors = Counter("mirror_requests_total", "", None, "Copies of requests sent to mirrors.");

    public static readonly MetricDefinition MirrorsDropped = Counter("mirror_dropped_total", "", None,
        "Copies not sent: 64 are under way per loop, or the body is longer than 64 KiB.");

    public static readonly MetricDefinition Spans = Counter("trace_spans_total", "", None, "Spans of requests reported to the control plane.");

    public static readonly MetricDefinition SpansDropped = Counter("trace_spans_dropped_total", "", ["reason"],
        "Spans not reported: rate_limit (more a second than --trace-spans, or than a hundred of failed and slow requests), buffer_full (the control plane does not take them).");

    public static readonly MetricDefinition Series = Gauge("metrics_series", "", None, "Sets of traffic labels kept, over all event loops.");

    public static readonly MetricDefinition SeriesLimit = Gauge("metrics_series_limit", "", None, "Most of them, over all event loops.");

    public static readonly MetricDefinition SeriesOverflow = Counter("metrics_series_overflow_total", "", ["kind"],
        "How often something new was counted under dst_service=\"overflow\": series (the limit of all), external (that of names outside of the mesh).");

    public static readonly MetricDefinition Connected = Gauge("control_plane_connected", "", Stream, "Whether the stream to the control plane is up: discovery, insight.");

    public static readonly MetricDefinition StreamSince = Gauge("control_plane_stream_state_timestamp_seconds", "seconds", Stream,
        "When the stream came up or went down, since 1970; time() less this is its age.");

    public static readonly MetricDefinition Connects = Counter("control_plane_connects_total", "", Stream, "Times the stream was begun.");

    public static readonly MetricDefinition Subscriptions = Gauge("discovery_subscriptions", "", None, "Authorities in use.");

    public static readonly MetricDefinition SubscriptionsRefused = Counter("discovery_refused_subscriptions_total", "", None,
        "Authorities not asked for because too many were in use.");

    public static readonly MetricDefinition TapDropped = Counter("tap_dropped_events_total", "", None, "Tap events that nobody got because a limit was reached.");

    public static readonly MetricDefinition AccessLogDropped = Counter("access_log_dropped_total", "", None,
        "Lines of the access log that were lost because the output was too slow.");

    public static readonly MetricDefinition CertificateExpiration = Gauge("identity_cert_expiration_timestamp_seconds", "seconds", None,
        "End of the certificate's validity, since 1970; 0 without one.");

    public static readonly MetricDefinition CertificateRefresh = Gauge("identity_cert_refresh_timestamp_seconds", "seconds", None,
        "When the certificate was obtained, since 1970; 0 without one.");

    public static readonly MetricDefinition CertificateRefreshes = Counter("identity_cert_refreshes_total", "", None, "Certificates obtained.");

    public static readonly MetricDefinition TrustAnchors = Gauge("identity_trust_anchors", "", None, "Trust anchors in force.");

    public static readonly MetricDefinition Ready = Gauge("proxy_ready", "", None, "1 while /ready answers 200, else 0.");

    public static readonly MetricDefinition EventLoops = Gauge("event_loops", "", None, "Threads that carry traffic.");

    public static readonly MetricDefinition BuildInfo = Gauge("proxy_build_info", "", ["version"], "Always 1; the labels say what runs.");

    /// <summary>In the order of the page.</summary>
    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        Requests, Responses, ResponseStatuses, GrpcStatuses, Latency, Duration, Retries, OpenConnections, ConnectionsOpened, BytesReceived, BytesSent,
        Errors, Timeouts, InFlight, Detections, Handshakes, Authorizations, PolicyEvents, Endpoints, Ejections, BreakerLimit, BreakerActive, BreakerOpen,
        BreakerOverflow, FaultDelays, FaultAborts, Mirrors, MirrorsDropped, Spans, SpansDropped, Series, SeriesLimit, SeriesOverflow, Connected, StreamSince, Connects,
        Subscriptions, SubscriptionsRefused, TapDropped, AccessLogDropped, CertificateExpiration, CertificateRefresh, CertificateRefreshes, TrustAnchors,
        Ready, EventLoops, BuildInfo, .. ProcessMetrics.All,
    ];
}
