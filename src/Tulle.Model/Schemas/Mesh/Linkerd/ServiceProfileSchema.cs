using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Linkerd;

/// <summary>ServiceProfile: the routes of a service (linkerd.md §2).</summary>
internal static class ServiceProfileSchema
{
    /// <summary>Conditions nest without bound; schemas do not. Below this depth the kind's rules check the form.</summary>
    public const int ConditionDepth = 2;

    private static readonly Schema s_status = Shape.Object("A range of HTTP status codes.",
        Integer("min", "Lowest status.", 100, 599),
        Integer("max", "Highest status.", 100, 599));

    private static readonly Schema s_spec = Shape.Object("Routes of the service and how they behave.",
        List("routes", "Routes; the first whose condition holds names the request.", Shape.Object("A route.",
            Text("name", "Name in metrics.").Required(),
            Of("condition", RequestMatch(ConditionDepth), "Which requests belong to the route.").Required(),
            List("responseClasses", "Which responses count as failures; the first that matches decides.", Shape.Object("A class of responses.",
                Of("condition", ResponseMatch(ConditionDepth), "Which responses belong to the class.").Required(),
                Flag("isFailure", "Whether they are failures."))),
            Flag("isRetryable", "Whether failed requests are sent again, whatever their method."),
            Duration("timeout", "Time for a request with all its retries; none by default."),
            Object("retries", "Bounds of retries.", Integer("limit", "Retries of one request at most; 10 by default. A limit asks for retries without isRetryable too.", 0)))),
        Object("retryBudget", "Retries of all routes in proportion to requests.",
            Number("retryRatio", "Retries per request; 0.2 by default.", 0).Required(),
            Integer("minRetriesPerSecond", "Retries that are always allowed; 10 by default.", 0).Required(),
            Duration("ttl", "How long a request counts, from 1 s to 60 s; 10 s by default.").Required()),
        List("dstOverrides", "Authorities that the traffic is shared among.", Shape.Object("An authority and its share.",
            Text("authority", "Authority, with port.").Required(),
            new Field("weight", new Schema { Type = SchemaType.IntegerOrString, Format = "quantity", Description = "Share of the traffic." }).Required())),
        List("opaquePorts", "Ports whose protocol is not looked at.", new Schema { Type = SchemaType.IntegerOrString, Description = "A port or a range." }));

    public static ResourceKind Kind { get; } = new()
    {
        Group = "linkerd.io",
        Versions = ["v1alpha2"],
        Kind = "ServiceProfile",
        Plural = "serviceprofiles",
        ShortNames = ["sp"],
        Schema = Shape.Resource("Routes of a service. Its name is the service's fully qualified name.", s_spec),
    };

    private static Schema RequestMatch(int depth) => Shape.Object("Conditions on a request; those given must all hold.",
    [
        Text("method", "Method of the request."),
        Text("pathRegex", "Regular expression that the whole path matches."),
        .. Nested(depth, RequestMatch),
    ]);

    private static Schema ResponseMatch(int depth) => Shape.Object("Conditions on a response; those given must all hold.",
    [
        Of("status", s_status),
        .. Nested(depth, ResponseMatch),
    ]);

    private static IReadOnlyList<Field> Nested(int depth, Func<int, Schema> match)
    {
        Schema inner = depth == 0 ? Shape.Any("A further condition.") : match(depth - 1);
        return
        [
            List("all", "Conditions that must all hold.", inner),
            List("any", "Conditions of which one must hold.", inner),
            Of("not", inner, "A condition that must not hold."),
        ];
    }
}
