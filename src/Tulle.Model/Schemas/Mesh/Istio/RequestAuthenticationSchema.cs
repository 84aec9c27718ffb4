using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>RequestAuthentication: which tokens are valid (istio.md §1.10).</summary>
internal static class RequestAuthenticationSchema
{
    private static readonly Schema s_rule = Shape.Object("An issuer of tokens.",
        Text("issuer", "Issuer, as the token names it."),
        Texts("audiences", "Audiences of which the token must name one."),
        Text("jwksUri", "Where the issuer's keys are; found by OpenID discovery when neither it nor jwks is given."),
        Text("jwks", "The issuer's keys themselves."),
        List("fromHeaders", "Headers that hold the token; Authorization with Bearer by default.", Shape.Object("A header.",
            Text("name", "Its name.").Required(),
            Text("prefix", "What stands before the token."))),
        Text("outputPayloadToHeader", "Header that the payload is passed on in."),
        Texts("fromParams", "Query parameters that hold the token."),
        Texts("fromCookies", "Cookies that hold the token."),
        Flag("forwardOriginalToken", "Whether the token is passed on."),
        List("outputClaimToHeaders", "Claims that are passed on in headers.", Shape.Object("A claim and its header.",
            Text("header", "Header.").Required(),
            Text("claim", "Claim; dots separate nested names.").Required())),
        Duration("timeout", "Time to fetch keys; 5 s by default."),
        Texts("spaceDelimitedClaims", "Claims beside scope and permission whose values are separated by spaces."));

    public static ResourceKind Kind { get; } =
        IstioKinds.NotYet(IstioKinds.Security, IstioKinds.SecurityVersions, "RequestAuthentication", "requestauthentications", "ra",
            Shape.Resource("Which tokens (JWT) a workload takes as valid.", Shape.Object("Which tokens are valid.",
                IstioKinds.WorkloadSelector("selector", "Workloads that it applies to; all of the namespace by default."),
                IstioKinds.TargetRef,
                IstioKinds.TargetRefs,
                List("jwtRules", "Issuers of tokens.", s_rule)), status: IstioKinds.Status));
}
