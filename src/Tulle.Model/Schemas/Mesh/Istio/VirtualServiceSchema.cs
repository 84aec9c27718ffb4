using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>VirtualService: how requests to a host are routed (istio.md §1.3).</summary>
internal static class VirtualServiceSchema
{
    private static readonly Schema s_tlsMatch = Shape.Object("Conditions on a TLS connection, all of which must hold.",
        Texts("sniHosts", "Server names (SNI), each covered by the hosts above. A wildcard may be the first label.").Required(),
        Texts("destinationSubnets", "Ranges, one of which the service's address must be in, such as 10.0.0.0/8."),
        Port("port", "Port of the service."),
        TextMap("sourceLabels", "Labels of the calling workload."),
        Texts("gateways", "Gateways that the rule applies on; overrides those above."),
        Text("sourceNamespace", "Namespace of the calling workload."));

    private static readonly Schema s_tcpMatch = Shape.Object("Conditions on a TCP connection, all of which must hold.",
        Texts("destinationSubnets", "Ranges, one of which the service's address must be in, such as 10.0.0.0/8."),
        Port("port", "Port of the service."),
        Text("sourceSubnet", "Range of the caller's address.").NotYet(),
        TextMap("sourceLabels", "Labels of the calling workload."),
        Texts("gateways", "Gateways that the rule applies on; overrides those above."),
        Text("sourceNamespace", "Namespace of the calling workload."));

    private static readonly Schema s_weightedDestination = Shape.Object("A destination and its share.",
        Of("destination", VirtualServiceHttpSchema.Destination).Required(),
        Integer("weight", "Share of the connections: weight divided by the sum of the weights.", 0));

    private static readonly Schema s_spec = Shape.Object("How requests to the hosts are routed.",
        Texts("hosts", "Hosts that requests are sent to: a short service name (resolved in this object's namespace), a fully qualified name, "
            + "or a wildcard such as *.example.com."),
        Texts("gateways", "Gateways and sidecars that apply the routes; 'mesh', the default, stands for all sidecars and is the only one with an effect yet."),
        List("http", "Rules for HTTP and gRPC; the first that matches decides.", VirtualServiceHttpSchema.Route),
        List("tls", "Rules for TLS connections that pass through unread, by SNI.", Shape.Object("A rule for TLS connections.",
            List("match", "Alternatives, one of which must hold.", s_tlsMatch).Required(),
            List("route", "Where connections go, by weight.", s_weightedDestination).Required())),
        List("tcp", "Rules for other TCP connections.", Shape.Object("A rule for TCP connections.",
            List("match", "Alternatives, one of which must hold; none match everything.", s_tcpMatch),
            List("route", "Where connections go, by weight.", s_weightedDestination).Required())),
        IstioKinds.ExportTo);

    public static ResourceKind Kind { get; } = new()
    {
        Group = IstioKinds.Networking,
        Versions = IstioKinds.NetworkingVersions,
        Kind = "VirtualService",
        Plural = "virtualservices",
        ShortNames = ["vs"],
        Categories = IstioKinds.Categories,
        HasStatus = true,
        AcceptsSnakeCase = true,
        Schema = Shape.Resource("Routes the requests sent to one or more hosts.", s_spec, specRequired: true, status: IstioKinds.Status),
        Columns = [new Column("Gateways", ".spec.gateways"), new Column("Hosts", ".spec.hosts")],
    };
}
