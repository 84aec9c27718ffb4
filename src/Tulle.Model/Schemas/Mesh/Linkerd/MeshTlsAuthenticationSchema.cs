using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Linkerd;

/// <summary>MeshTLSAuthentication: a set of identities.</summary>
internal static class MeshTlsAuthenticationSchema
{
    public static ResourceKind Kind { get; } =
        PolicyKinds.Kind("MeshTLSAuthentication", "meshtlsauthentications", ["v1alpha1"], ["meshtlsauthn"],
            Shape.Resource("A set of identities.", Shape.Object("A set of identities.",
                Texts("identities", "Identities; '*' stands for any, or for the first labels."),
                List("identityRefs", "ServiceAccounts, or Namespaces for all their accounts.", PolicyKinds.Target)), specRequired: true));
}
