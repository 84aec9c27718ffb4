using Tulle.Metrics;
using static Tulle.Metrics.MetricDefinition;

namespace Tulle.ControlPlane.Monitoring;

/// <summary>Every metric that the control plane has, in the order of its page.</summary>
internal static class ControlPlaneMetrics
{
    private static readonly string[] None = [];

    public static readonly MetricDefinition Proxies = Gauge("control_plane_proxies", "", ["stream"], "Proxies connected: discovery, insight.");

    public static readonly MetricDefinition InSync = Gauge("control_plane_proxies_in_sync", "", None,
        "Proxies that have acknowledged everything that was sent to them, and refused nothing of it.");

    public static readonly MetricDefinition Subscriptions = Gauge("control_plane_subscriptions", "", None, "Authorities that proxies are told about.");

    public static readonly MetricDefinition SubscriptionsRefused = Counter("control_plane_subscriptions_refused_total", "", None,
        "Authorities that were not looked at because their proxy asks for too many.");

    public static readonly MetricDefinition Pushes = Counter("control_plane_pushes_total", "", ["resource"],
        "Messages to proxies: destination, endpoints (a change of them alone), inbound, trust.");

    public static readonly MetricDefinition PushesRejected = Counter("control_plane_pushes_rejected_total", "", None,
        "Messages that a proxy refused; it goes on with what it had.");

    public static readonly MetricDefinition PushDelay = Histogram("control_plane_push_delay_seconds", "seconds", None,
        "From a new view of the mesh to the message that tells a proxy of it.");

    public static readonly MetricDefinition Views = Counter("control_plane_views_total", "", None, "Views of the mesh put in force: one after each burst of changes.");

    public static readonly MetricDefinition Compilation = Histogram("control_plane_compilation_seconds", "seconds", ["resource"],
        "Time to compile what a proxy is told: destination, inbound.");

    public static readonly MetricDefinition CompilationFailures = Counter("control_plane_compilation_failures_total", "", None,
        "Compilations that failed; the proxies go on with what they had.");

    public static readonly MetricDefinition Objects = Gauge("control_plane_objects", "", ["kind"], "Objects of the mesh: pods, services.");

    public static readonly MetricDefinition CertificatesIssued = Counter("identity_certificates_issued_total", "", None, "Certificates given to workloads.");

    public static readonly MetricDefinition CertificatesRefused = Counter("identity_certificates_refused_total", "", None,
        "Certificate requests that were refused.");

    public static readonly MetricDefinition IssuerExpiration = Gauge("identity_issuer_expiration_timestamp_seconds", "seconds", None,
        "End of the issuer's validity, since 1970.");

    public static readonly MetricDefinition AnchorExpiration = Gauge("identity_trust_anchor_expiration_timestamp_seconds", "seconds", None,
        "End of the validity of the trust anchor that ends first, since 1970.");

    public static readonly MetricDefinition HistorySeries = Gauge("insight_history_series", "", None, "Series of the history; a sample only where there is one.");

    public static readonly MetricDefinition HistoryLimit = Gauge("insight_history_series_limit", "", None, "Most of them.");

    public static readonly MetricDefinition HistoryOverflow = Counter("insight_history_overflow_total", "", None,
        "Reports that were counted together because the history has as many series as it may.");

    public static readonly MetricDefinition HistoryBytes = Gauge("insight_history_bytes", "bytes", None, "Size of the file of the history; a sample only where there is one.");

    public static readonly MetricDefinition HistoryBytesLimit = Gauge("insight_history_limit_bytes", "bytes", None, "Most of them; the oldest detail gives way.");

    public static readonly MetricDefinition HistoryForgotten = Counter("insight_history_forgotten_total", "", None,
        "Blocks, the slots of up to 64 series of the same time, that were forgotten before their age because the file is as large as it may be.");

    public static readonly MetricDefinition Taps = Gauge("insight_taps", "", None, "Taps that run.");

    public static readonly MetricDefinition TapsLimit = Gauge("insight_taps_limit", "", None, "Most of them.");

    public static readonly MetricDefinition Spans = Gauge("insight_spans", "", None, "Spans that are kept.");

    public static readonly MetricDefinition SpansLimit = Gauge("insight_spans_limit", "", None, "Most of them.");

    public static readonly MetricDefinition SpanBytes = Gauge("insight_span_bytes", "bytes", None, "Bytes of the spans that are kept.");

    public static readonly MetricDefinition SpansDropped = Counter("insight_spans_dropped_total", "", ["reason"],
        "Spans that are not kept: proxies (they did not send them), rules (unsampled, and enough of their kind), queue (faster than they are written, or "
        + "the disk is full), store (the oldest, for newer ones), applications (invalid, too large or too many).");

    public static readonly MetricDefinition SpansExported = Counter("otlp_exported_spans_total", "", ["endpoint"], "Spans that the collector took.");

    public static readonly MetricDefinition ExportDropped = Counter("otlp_dropped_spans_total", "", ["endpoint"], "Spans that the collector did not get or take.");

    public static readonly MetricDefinition ExportWaiting = Gauge("otlp_waiting_spans", "", ["endpoint"], "Spans that wait to be exported.");

    public static readonly MetricDefinition EventsLost = Counter("events_lost_total", "", None, "Kubernetes Events of the control plane that were not written because too many waited.");

    public static readonly MetricDefinition Events = Gauge("events", "", None, "Kubernetes Events that are kept; here and below a sample only where the API server is Tulle's own.");

    public static readonly MetricDefinition EventsLimit = Gauge("events_limit", "", None, "Most of them.");

    public static readonly MetricDefinition EventsDisplaced = Counter("events_displaced_total", "", None, "Kubernetes Events that were removed before their hour, the oldest for newer ones.");

    public static readonly MetricDefinition BuildInfo = Gauge("control_plane_build_info", "", ["version"], "Always 1; the labels say what runs.");

    /// <summary>In the order of the page.</summary>
    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        Proxies, InSync, Subscriptions, SubscriptionsRefused, Pushes, PushesRejected, PushDelay, Views, Compilation, CompilationFailures, Objects,
        CertificatesIssued, CertificatesRefused, IssuerExpiration, AnchorExpiration, HistorySeries, HistoryLimit, HistoryOverflow,
        HistoryBytes, HistoryBytesLimit, HistoryForgotten, Taps, TapsLimit,
        Spans, SpansLimit, SpanBytes, SpansDropped, SpansExported, ExportDropped, ExportWaiting, EventsLost, Events, EventsLimit,
        EventsDisplaced, BuildInfo, .. ProcessMetrics.All,
    ];
}
