using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Linkerd;

/// <summary>ServerAuthorization: who may call a Server, the older way.</summary>
internal static class ServerAuthorizationSchema
{
    private static readonly Schema s_client = Shape.Object("Who may call.",
        PolicyKinds.Networks,
        Flag("unauthenticated", "Whether callers without identity are let in."),
        Object("meshTLS", "Callers with an identity.",
            Flag("unauthenticatedTLS", "Whether TLS without a client certificate is let in."),
            Texts("identities", "Identities; '*' stands for any, or for the first labels."),
            List("serviceAccounts", "Service accounts.", Shape.Object("A service account.",
                Text("name", "Its name.").Required(),
                Text("namespace", "Its namespace; the same by default.")))));

    public static ResourceKind Kind { get; } =
        PolicyKinds.Kind("ServerAuthorization", "serverauthorizations", ["v1beta1", "v1alpha1"], ["saz", "serverauthz", "srvauthz"],
            Shape.Resource("Who may call a Server.", Shape.Object("Who may call a Server.",
                Object("server", "The Server.",
                    Text("name", "Its name."),
                    Of("selector", PolicyKinds.Selector("Selects Servers."))).Required(),
                Of("client", s_client).Required()), specRequired: true))
        with { Columns = [new Column("Server", ".spec.server.name")] };
}
