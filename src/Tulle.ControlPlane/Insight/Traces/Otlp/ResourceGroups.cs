using Tulle.Protocol.Otlp;

namespace Tulle.ControlPlane.Insight.Traces.Otlp;

/// <summary>Puts spans together by who made them, as OTLP wants it.</summary>
internal static class ResourceGroups
{
    private static readonly InstrumentationScope s_proxy = new() { Name = "tulle-proxy" };

    public static ExportTraceServiceRequest Request(IReadOnlyList<TraceSpan> spans)
    {
        var request = new ExportTraceServiceRequest();
        foreach (var group in spans.GroupBy(span => (span.Namespace, span.Service, span.Pod, IsApplication: span.Source == SpanSource.Application, span.Resource)))
        {
            var resource = new ResourceSpans { Resource = group.Key.Resource ?? Of(group.First()) };
            foreach (var scope in group.GroupBy(span => span.Scope))
            {
                var scoped = new ScopeSpans { Scope = scope.Key ?? (group.Key.IsApplication ? null : s_proxy) };
                scoped.Spans.AddRange(scope.Select(span => span.Span));
                resource.ScopeSpans.Add(scoped);
            }
            request.ResourceSpans.Add(resource);
        }
        return request;
    }

    private static Resource Of(TraceSpan span)
    {
        var resource = new Resource();
        resource.Attributes.Text("service.name", span.Service);
        resource.Attributes.Text("service.namespace", span.Namespace);
        resource.Attributes.Text("k8s.namespace.name", span.Namespace);
        resource.Attributes.Text("k8s.pod.name", span.Pod);
        if (span.Workload.StartsWith("deployment/", StringComparison.Ordinal)) resource.Attributes.Text("k8s.deployment.name", span.Workload["deployment/".Length..]);
        return resource;
    }
}
