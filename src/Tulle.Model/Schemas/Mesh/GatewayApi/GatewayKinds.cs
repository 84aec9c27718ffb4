using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.GatewayApi;

/// <summary>What the kinds of the Gateway API have in common.</summary>
internal static class GatewayKinds
{
    public const string Group = "gateway.networking.k8s.io";

    public static readonly IReadOnlyList<string> Categories = ["gateway-api"];

    private static readonly IReadOnlyList<Field> s_reference =
    [
        Text("group", "API group of the object; empty for core."),
        Text("kind", "Kind of the object."),
        Text("name", "Name of the object.").Required(),
        Text("namespace", "Namespace of the object; the same by default."),
    ];

    /// <summary>A reference to an object, perhaps in another namespace.</summary>
    public static readonly Schema Reference = Shape.Object("A reference to an object.", s_reference);

    public static readonly Field ParentRefs = List("parentRefs", "What the route is attached to: Services (in a mesh) or Gateways.",
        Shape.Object("A parent.", [.. s_reference, Text("sectionName", "Listener or port name of the parent."), Port("port", "Port of the parent.")]));

    public static readonly Field Hostnames = Texts("hostnames", "Hosts that the route applies to; a wildcard may be the first label.");

    public static readonly Schema HeaderChanges = Shape.Object("Changes of headers.",
        List("set", "Headers that are overwritten.", NamedValue()),
        List("add", "Headers that are appended.", NamedValue()),
        Texts("remove", "Names of headers that are removed."));

    public static readonly Schema Mirror = Shape.Object("Copies of requests.",
        Of("backendRef", Backend(), "Where copies are sent.").Required(),
        Integer("percent", "Percentage of requests; all by default.", 0, 100),
        Object("fraction", "Fraction of requests.",
            Integer("numerator", "Numerator.", 0).Required(),
            Integer("denominator", "Denominator; 100 by default.", 1)));

    public static readonly Schema SessionPersistence = Shape.Object("Keeps a client on one backend.",
        Text("sessionName", "Name of the cookie or header."),
        Text("absoluteTimeout", "Longest life of a session.", "gateway-duration"),
        Text("idleTimeout", "Idle time before a session ends.", "gateway-duration"),
        Choice("type", "Cookie or Header.", "Cookie", "Header"),
        Object("cookieConfig", "The cookie.", Choice("lifetimeType", "Whether it outlives the browser.", "Permanent", "Session")));

    /// <summary>Status of a route: what each parent says of it.</summary>
    public static readonly Schema RouteStatus = Shape.Object("What parents say of the route.",
        List("parents", "One entry for each parent.", Shape.Object("What a parent says.",
            Of("parentRef", Shape.Object("The parent.", [.. s_reference, Text("sectionName", "Listener or port name."), Port("port", "Port.")])),
            Text("controllerName", "Controller that says it."),
            ConditionShapes.Conditions)));

    public static Schema Backend(params IReadOnlyList<Field> more) => Shape.Object("A backend, a Service by default.",
        [.. s_reference, Port("port", "Port of the Service."), .. more]);

    /// <summary>A header with how it is matched.</summary>
    public static Schema ValueMatch(string what) => Shape.Object($"A match of a {what}.",
        Choice("type", "How the value is matched; Exact by default.", "Exact", "RegularExpression"),
        Text("name", "Name.").Required(),
        Text("value", "Value.").Required());

    public static ResourceKind Kind(string kind, string plural, IReadOnlyList<string> versions, string shortName, Schema schema) => new()
    {
        Group = Group,
        Versions = versions,
        Kind = kind,
        Plural = plural,
        ShortNames = shortName.Length == 0 ? [] : [shortName],
        Categories = Categories,
        HasStatus = true,
        Effect = Effect.NotYet,
        Schema = schema,
    };

    private static Schema NamedValue() => Shape.Object("A header.", Text("name", "Name.").Required(), Text("value", "Value.").Required());
}
