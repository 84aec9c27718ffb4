namespace Tulle.Model.Schemas.Mesh.Linkerd;

/// <summary>NetworkAuthentication: a set of addresses.</summary>
internal static class NetworkAuthenticationSchema
{
    public static ResourceKind Kind { get; } =
        PolicyKinds.Kind("NetworkAuthentication", "networkauthentications", ["v1alpha1"], ["netauthn", "networkauthn"],
            Shape.Resource("A set of addresses.", Shape.Object("A set of addresses.", PolicyKinds.Networks.Required()), specRequired: true));
}
