using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>Sidecar: what a workload's proxy listens on and knows (istio.md §1.8).</summary>
internal static class SidecarSchema
{
    private static readonly Field s_captureMode =
        Choice("captureMode", "How traffic reaches the listener.", "DEFAULT", "IPTABLES", "NONE");

    private static readonly Schema s_ingress = Shape.Object("A listener for traffic to the workload.",
        Of("port", IstioKinds.ServerPort).Required(),
        Text("bind", "Address to listen on."),
        s_captureMode,
        Text("defaultEndpoint", "Where the workload listens: 127.0.0.1:PORT, 0.0.0.0:PORT or a unix:// socket."),
        Of("tls", IstioKinds.ServerTls),
        Of("connectionPool", TrafficPolicySchema.ConnectionPool));

    private static readonly Schema s_egress = Shape.Object("A listener for traffic from the workload.",
        Of("port", IstioKinds.ServerPort),
        Text("bind", "Address to listen on."),
        s_captureMode,
        Texts("hosts", "Services that are known, as namespace/name; '*' for all, '.' for the own namespace, '~' for none.").Required());

    private static readonly Schema s_spec = Shape.Object("What a workload's proxy listens on and knows.",
        IstioKinds.WorkloadSelector("workloadSelector", "Workloads that it applies to; all of the namespace by default.", "labels"),
        List("ingress", "Listeners for traffic to the workload.", s_ingress),
        List("egress", "Listeners for traffic from the workload.", s_egress),
        Of("inboundConnectionPool", TrafficPolicySchema.ConnectionPool, "Bounds on connections to the workload."),
        Object("outboundTrafficPolicy", "What happens to traffic to unknown services.",
            Choice("mode", "ALLOW_ANY passes it through; REGISTRY_ONLY refuses it.", "REGISTRY_ONLY", "ALLOW_ANY"),
            Of("egressProxy", VirtualServiceHttpSchema.Destination, "Service that unknown traffic is sent to.")));

    public static ResourceKind Kind { get; } =
        IstioKinds.NotYet(IstioKinds.Networking, IstioKinds.NetworkingVersions, "Sidecar", "sidecars", "",
            Shape.Resource("What the sidecars of some workloads listen on and know.", s_spec, status: IstioKinds.Status));
}
