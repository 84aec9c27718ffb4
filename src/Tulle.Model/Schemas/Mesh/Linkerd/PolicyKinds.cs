using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Linkerd;

/// <summary>What the kinds of policy.linkerd.io have in common (linkerd.md §2).</summary>
internal static class PolicyKinds
{
    public const string Group = "policy.linkerd.io";

    public static readonly Schema Target = Shape.Object("The object that the policy applies to.",
        Text("group", "API group; empty for core."),
        Text("kind", "Kind of the object.").Required(),
        Text("name", "Name of the object.").Required(),
        Text("namespace", "Namespace of the object; the same by default."));

    public static readonly Field Networks = List("networks", "Ranges of addresses.", Shape.Object("A range.",
        Text("cidr", "Range, such as 10.0.0.0/8.", "cidr").Required(),
        Texts("except", "Ranges within it that are not meant.")));

    public static Schema Selector(string description) => Shape.Object(description,
        TextMap("matchLabels", "Labels, all of them."),
        List("matchExpressions", "Requirements, all of them.", Shape.Object("A requirement.",
            Text("key", "Label.").Required(),
            Choice("operator", "Operator.", "In", "NotIn", "Exists", "DoesNotExist").Required(),
            Texts("values", "Values."))));

    public static ResourceKind Kind(string kind, string plural, IReadOnlyList<string> versions, IReadOnlyList<string> shortNames, Schema schema) => new()
    {
        Group = Group,
        Versions = versions,
        Kind = kind,
        Plural = plural,
        ShortNames = shortNames,
        Categories = ["policy"],
        Effect = Effect.NotYet,
        Schema = schema,
    };
}
