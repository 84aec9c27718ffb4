using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>Telemetry: traces, metrics and access logs (istio.md §1.11).</summary>
internal static class TelemetrySchema
{
    private static readonly Field s_providers = List("providers", "Where it is sent.", Shape.Object("A provider.", Text("name", "Its name.").Required()));

    private static readonly Field s_mode = Choice("mode", "Which side reports.", "CLIENT_AND_SERVER", "CLIENT", "SERVER");

    private static readonly Schema s_tag = Shape.Object("Value of a tag: one of its fields.",
        Object("literal", "A fixed value.", Text("value", "The value.").Required()),
        Object("environment", "An environment variable of the proxy.", Text("name", "Its name.").Required(), Text("defaultValue", "Value when it is not set.")).NotYet(),
        Object("header", "A request header.", Text("name", "Its name.").Required(), Text("defaultValue", "Value when it is absent.")),
        Object("formatter", "An access-log format.", Text("value", "The format.").Required()).NotYet());

    private static readonly Schema s_tracing = Shape.Object("How traces are made.",
        Object("match", "Traffic that it applies to.", s_mode),
        s_providers,
        Number("randomSamplingPercentage", "Share of requests that are traced.", 0, 100),
        Flag("disableSpanReporting", "Whether no spans are sent."),
        Map("customTags", "Further tags of spans: 20 at most, names and values of 256 bytes.", s_tag),
        Flag("useRequestIdForTraceSampling", "Whether the request id decides about sampling.").NotYet(),
        Flag("enableIstioTags", "Whether the mesh's own tags are added.").NotYet());

    private static readonly Schema s_metrics = Shape.Object("Which metrics are made.",
        s_providers,
        List("overrides", "Changes of metrics, in order.", Shape.Object("A change.",
            Object("match", "Metrics that it applies to.",
                Choice("metric", "A standard metric.", "ALL_METRICS", "REQUEST_COUNT", "REQUEST_DURATION", "REQUEST_SIZE", "RESPONSE_SIZE",
                    "TCP_OPENED_CONNECTIONS", "TCP_CLOSED_CONNECTIONS", "TCP_SENT_BYTES", "TCP_RECEIVED_BYTES", "GRPC_REQUEST_MESSAGES", "GRPC_RESPONSE_MESSAGES"),
                Text("customMetric", "Another metric, by name."),
                s_mode),
            Flag("disabled", "Whether the metric is not made."),
            Map("tagOverrides", "Changes of its tags.", Shape.Object("A change of a tag.",
                Choice("operation", "UPSERT adds or replaces; REMOVE removes.", "UPSERT", "REMOVE"),
                Text("value", "CEL expression of the value."))))),
        Duration("reportingInterval", "Time between reports of TCP metrics."));

    private static readonly Schema s_logging = Shape.Object("Which accesses are logged.",
        Object("match", "Traffic that it applies to.", s_mode),
        List("providers", "Where it is sent: envoy for lines of text on the proxy's standard output, envoy-json for JSON; envoy by default.",
            Shape.Object("A provider.", Text("name", "Its name.").Required())),
        Flag("disabled", "Whether nothing is logged."),
        Object("filter", "Which of them.", Text("expression", "CEL expression.")).NotYet());

    public static ResourceKind Kind { get; } =
        IstioKinds.NotYet("telemetry.istio.io", ["v1", "v1alpha1"], "Telemetry", "telemetries", "telemetry",
            Shape.Resource("Traces, metrics and access logs of some workloads.", Shape.Object("Traces, metrics and access logs.",
                IstioKinds.WorkloadSelector("selector", "Workloads that it applies to; all of the namespace by default."),
                IstioKinds.TargetRef.NotYet(),
                IstioKinds.TargetRefs.NotYet(),
                List("tracing", "Traces: 1 % of new ones are recorded by default. The narrowest scope that sets a field decides about it.", s_tracing),
                List("metrics", "Metrics.", s_metrics).NotYet(),
                List("accessLogging", "Access logs; off by default. Of several entries the last one for a side decides.", s_logging)), status: IstioKinds.Status))
        with { Effect = Effect.Applied };
}
