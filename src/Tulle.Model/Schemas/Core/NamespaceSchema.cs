using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

internal static class NamespaceSchema
{
    public static readonly ResourceKind Kind = new()
    {
        Group = "",
        Versions = ["v1"],
        Kind = "Namespace",
        Plural = "namespaces",
        ShortNames = ["ns"],
        Namespaced = false,
        HasStatus = true,
        NameFormat = NameFormat.Label,
        Schema = Shape.Object("A scope for the names of objects. Deleting it deletes what is in it.",
            Object("spec", "What the server keeps for it.", Texts("finalizers", "Who must agree before the namespace goes.")),
            Object("status", "Where it is in its life.", Choice("phase", "Active, or Terminating once it is deleted.", "Active", "Terminating"), CoreShapes.Conditions)),
    };
}
