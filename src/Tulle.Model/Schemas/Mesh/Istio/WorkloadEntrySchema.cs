using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>WorkloadEntry: a workload that is no pod (istio.md §1.7).</summary>
internal static class WorkloadEntrySchema
{
    public static readonly Schema Spec = Shape.Object("A workload outside Kubernetes.",
        Text("address", "IP address, DNS name (in a ServiceEntry with DNS resolution) or unix:// socket."),
        Map("ports", "Port numbers by the name of the service's port.", Shape.Integer(min: 1, max: 65535)),
        TextMap("labels", "Labels of the workload."),
        Text("network", "Network that the address is in."),
        Text("locality", "Place: region/zone/subzone."),
        Integer("weight", "Share of the traffic.", 0),
        Text("serviceAccount", "Service account of the workload's identity."));

    public static ResourceKind Kind { get; } =
        IstioKinds.NotYet(IstioKinds.Networking, IstioKinds.NetworkingVersions, "WorkloadEntry", "workloadentries", "we",
            Shape.Resource("A workload outside Kubernetes, such as a virtual machine.", Spec, specRequired: true, status: IstioKinds.Status))
        with { Columns = [new Column("Address", ".spec.address")] };
}
