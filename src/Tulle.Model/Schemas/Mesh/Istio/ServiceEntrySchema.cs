using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>ServiceEntry: a service that Kubernetes does not know (istio.md §1.7).</summary>
internal static class ServiceEntrySchema
{
    private static readonly Schema s_spec = Shape.Object("A service that Kubernetes does not know.",
        Texts("hosts", "Host names.").Required(),
        Texts("addresses", "IP addresses or ranges of the service."),
        List("ports", "Ports of the service.", IstioKinds.ServerPort),
        Choice("location", "Whether the service is inside the mesh.", "MESH_EXTERNAL", "MESH_INTERNAL"),
        Choice("resolution", "How the addresses of endpoints are found.", "NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS"),
        List("endpoints", "Endpoints of the service.", WorkloadEntrySchema.Spec),
        IstioKinds.WorkloadSelector("workloadSelector", "Workloads that are its endpoints, instead of a list.", "labels"),
        IstioKinds.ExportTo,
        Texts("subjectAltNames", "Names of which a server's certificate must have one."));

    public static ResourceKind Kind { get; } =
        IstioKinds.NotYet(IstioKinds.Networking, IstioKinds.NetworkingVersions, "ServiceEntry", "serviceentries", "se",
            Shape.Resource("A service that is added to those of Kubernetes.", s_spec, specRequired: true, status: IstioKinds.Status))
        with
        {
            Columns = [new Column("Hosts", ".spec.hosts"), new Column("Location", ".spec.location"), new Column("Resolution", ".spec.resolution")],
        };
}
