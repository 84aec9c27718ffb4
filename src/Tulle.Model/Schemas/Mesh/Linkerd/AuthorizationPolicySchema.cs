using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Linkerd;

/// <summary>AuthorizationPolicy of Linkerd: what a caller of a target needs.</summary>
internal static class AuthorizationPolicySchema
{
    public static ResourceKind Kind { get; } =
        PolicyKinds.Kind("AuthorizationPolicy", "authorizationpolicies", ["v1alpha1"], ["authzpolicy"],
            Shape.Resource("Who may call a Server, a route or a namespace.", Shape.Object("What callers of the target need.",
                Of("targetRef", PolicyKinds.Target, "A Server, HTTPRoute, GRPCRoute or Namespace.").Required(),
                List("requiredAuthenticationRefs", "Authentications that a caller needs, all of them: MeshTLSAuthentication, NetworkAuthentication or ServiceAccount.",
                    PolicyKinds.Target).Required()), specRequired: true));
}
