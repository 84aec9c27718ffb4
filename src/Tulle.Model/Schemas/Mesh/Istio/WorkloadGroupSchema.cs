using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>WorkloadGroup: the template of WorkloadEntries (istio.md §1.7).</summary>
internal static class WorkloadGroupSchema
{
    private static readonly Schema s_probe = Shape.Object("How readiness is found out.",
        Integer("initialDelaySeconds", "Seconds before the first probe.", 0),
        Integer("timeoutSeconds", "Seconds to answer; 1 by default.", 0),
        Integer("periodSeconds", "Seconds between probes; 10 by default.", 0),
        Integer("successThreshold", "Successes in a row to be ready; 1 by default.", 0),
        Integer("failureThreshold", "Failures in a row to be unready; 3 by default.", 0),
        Object("httpGet", "An HTTP request.",
            Text("path", "Path."),
            Port("port", "Port.").Required(),
            Text("host", "Host."),
            Text("scheme", "HTTP or HTTPS."),
            List("httpHeaders", "Headers.", Shape.Object("A header.", Text("name", "Its name."), Text("value", "Its value.")))),
        Object("tcpSocket", "A TCP connection.", Text("host", "Host."), Port("port", "Port.").Required()),
        Object("exec", "A command.", Texts("command", "Command and arguments.").Required()),
        Object("grpc", "A gRPC health check.", Port("port", "Port."), Text("service", "Service that is asked about.")));

    public static ResourceKind Kind { get; } =
        IstioKinds.NotYet(IstioKinds.Networking, IstioKinds.NetworkingVersions, "WorkloadGroup", "workloadgroups", "wg",
            Shape.Resource("Template of workloads outside Kubernetes.", Shape.Object("Template of workload entries.",
                Object("metadata", "Metadata of the entries.",
                    TextMap("labels", "Labels."),
                    TextMap("annotations", "Annotations.")),
                Of("template", WorkloadEntrySchema.Spec).Required(),
                Of("probe", s_probe)), specRequired: true, status: IstioKinds.Status));
}
