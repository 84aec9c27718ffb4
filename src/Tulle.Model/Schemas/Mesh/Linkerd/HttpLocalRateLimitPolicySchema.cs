using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Linkerd;

/// <summary>HTTPLocalRateLimitPolicy: how many requests an instance takes.</summary>
internal static class HttpLocalRateLimitPolicySchema
{
    private static readonly Field s_rate = Integer("requestsPerSecond", "Requests per second.", 1).Required();

    public static ResourceKind Kind { get; } =
        PolicyKinds.Kind("HTTPLocalRateLimitPolicy", "httplocalratelimitpolicies", ["v1alpha1"], [],
            Shape.Resource("How many requests each instance of a Server takes.", Shape.Object("How many requests are taken.",
                Of("targetRef", PolicyKinds.Target, "A Server.").Required(),
                Object("total", "Bound of all requests.", s_rate),
                Object("identity", "Bound for each caller's identity.", s_rate),
                List("overrides", "Bounds for some callers.", Shape.Object("A bound.",
                    s_rate,
                    List("clientRefs", "ServiceAccounts that it holds for.", PolicyKinds.Target).Required()))), specRequired: true, status: ConditionShapes.Status))
        with
        {
            Effect = Effect.Applied,
            HasStatus = true,
            Columns =
            [
                new Column("Target_kind", ".spec.targetRef.kind"),
                new Column("Target_name", ".spec.targetRef.name"),
                new Column("Total_RPS", ".spec.total.requestsPerSecond", Type: "integer"),
                new Column("Identity_RPS", ".spec.identity.requestsPerSecond", Type: "integer"),
            ],
        };
}
