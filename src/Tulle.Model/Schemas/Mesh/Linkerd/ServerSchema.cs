using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Linkerd;

/// <summary>Server: a port of some pods that policies apply to.</summary>
internal static class ServerSchema
{
    public static ResourceKind Kind { get; } =
        PolicyKinds.Kind("Server", "servers", ["v1beta3", "v1beta2", "v1beta1", "v1alpha1"], ["srv"],
            Shape.Resource("A port of some pods that policies apply to.", Shape.Object("A port of some pods.",
                Of("podSelector", PolicyKinds.Selector("Selects pods.")),
                Of("externalWorkloadSelector", PolicyKinds.Selector("Selects workloads outside the cluster.")).NotYet(),
                IntegerOrString("port", "Number or name of the port.").Required(),
                Choice("proxyProtocol", "Protocol of the port; unknown, the default, is found out.", "unknown", "HTTP/1", "HTTP/2", "gRPC", "opaque", "TLS"),
                Text("accessPolicy", "Who is let in when no policy applies; deny by default.").NotYet()), specRequired: true))
        with
        {
            Effect = Effect.Applied,
            Columns =
            [
                new Column("Port", ".spec.port"),
                new Column("Protocol", ".spec.proxyProtocol"),
                new Column("Access Policy", ".spec.accessPolicy"),
            ],
        };
}
