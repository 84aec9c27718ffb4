using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>Gateway of Istio: ports at the edge of the mesh (istio.md §1.9).</summary>
internal static class GatewaySchema
{
    private static readonly Schema s_server = Shape.Object("A port and the hosts it serves.",
        Of("port", IstioKinds.ServerPort).Required(),
        Text("bind", "Address to listen on."),
        Texts("hosts", "Hosts that are served, as [namespace/]name; a wildcard may be the first label.").Required(),
        Of("tls", IstioKinds.ServerTls),
        Text("defaultEndpoint", "Where traffic goes by default."),
        Text("name", "Name of the server."));

    public static ResourceKind Kind { get; } =
        IstioKinds.NotYet(IstioKinds.Networking, IstioKinds.NetworkingVersions, "Gateway", "gateways", "gw",
            Shape.Resource("A load balancer at the edge of the mesh.", Shape.Object("Ports and hosts of a gateway.",
                List("servers", "Ports and the hosts they serve.", s_server).Required(),
                TextMap("selector", "Labels of the gateway's pods.")), specRequired: true, status: IstioKinds.Status));
}
