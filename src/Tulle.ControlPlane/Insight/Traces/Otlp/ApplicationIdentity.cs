using Tulle.Protocol.Otlp;

namespace Tulle.ControlPlane.Insight.Traces.Otlp;

/// <summary>Who an application says it is, by the attributes of its resource; the mesh knows more about its pods.</summary>
internal sealed record ApplicationIdentity(string Namespace, string Service, string Workload, string Pod)
{
    public static ApplicationIdentity Of(Resource? resource, IWorkloads workloads)
    {
        if (resource is null) return new ApplicationIdentity("", "unknown_service", "", "");
        string pod = resource.Attributes.TextOf("k8s.pod.name");
        string ns = resource.Attributes.TextOf("k8s.namespace.name");
        if (ns.Length == 0) ns = resource.Attributes.TextOf("service.namespace");
        string service = resource.Attributes.TextOf("service.name");
        WorkloadPod? known = pod.Length == 0 ? null : workloads.Pods.FirstOrDefault(candidate => candidate.Name == pod && (ns.Length == 0 || candidate.Namespace == ns));
        if (service.Length == 0) service = known?.Services.FirstOrDefault() ?? "unknown_service";
        return new ApplicationIdentity(known?.Namespace ?? ns, service, known?.Workload ?? "", pod);
    }

    /// <summary>Null when it has no valid ids.</summary>
    public TraceSpan? Span(Span span, Resource? resource, InstrumentationScope? scope)
    {
        ulong id = TraceSpan.ReadSpanId(span.SpanId.Span);
        if (!TraceSpan.TryReadTraceId(span.TraceId.Span, out UInt128 trace) || id == 0) return null;
        long status = span.Attributes.NumberOf("http.response.status_code");
        // The name before OpenTelemetry's conventions of 2023.
        if (status == 0) status = span.Attributes.NumberOf("http.status_code");
        return new TraceSpan
        {
            TraceId = trace,
            SpanId = id,
            ParentId = TraceSpan.ReadSpanId(span.ParentSpanId.Span),
            Source = SpanSource.Application,
            KeptFor = KeptFor.Application,
            Namespace = Namespace,
            Service = Service,
            Workload = Workload,
            Pod = Pod,
            Route = span.Attributes.TextOf("http.route"),
            Status = status is > 0 and < 1_000 ? (int)status : 0,
            Span = span,
            Resource = resource,
            Scope = scope,
        };
    }
}
