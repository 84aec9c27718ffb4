using static Tulle.Model.Schemas.Core.CoreShapes;
using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

/// <summary>CustomResourceDefinition: a kind that users add.</summary>
internal static class DefinitionSchema
{
    private static readonly Schema Names = Shape.Object("What the kind is called.",
        Text("plural", "Lower-case plural, as in URLs.").Required(),
        Text("singular", "Lower-case singular."),
        Text("kind", "Name of the kind.").Required(),
        Text("listKind", "Name of lists of it."),
        Texts("shortNames", "Short names for the command line."),
        Texts("categories", "Groups of kinds it belongs to, such as all."));

    private static readonly Schema Version = Shape.Object("One version of the kind.",
        Text("name", "Its name, such as v1.").Required(),
        Flag("served", "Whether it is served.").Required(),
        Flag("storage", "Whether objects are stored in it; exactly one version says so.").Required(),
        Flag("deprecated", "Whether clients should move on."),
        Text("deprecationWarning", "What clients are told."),
        Object("schema", "Shape of its objects.", Any("openAPIV3Schema", "The shape, in OpenAPI.")),
        Any("subresources", "Whether it has status and scale."),
        List("additionalPrinterColumns", "Columns of kubectl get.", Shape.Object("A column.",
            Text("name", "Heading.").Required(),
            Text("type", "OpenAPI type.").Required(),
            Text("jsonPath", "Where the value stands.").Required(),
            Text("format", "OpenAPI format."),
            Text("description", "What it shows."),
            Integer("priority", "0 is always shown, others with -o wide."))),
        List("selectableFields", "Fields that field selectors may name.", Shape.Any()));

    public static readonly ResourceKind Kind = new()
    {
        Group = "apiextensions.k8s.io",
        Versions = ["v1"],
        Kind = "CustomResourceDefinition",
        Plural = "customresourcedefinitions",
        ShortNames = ["crd", "crds"],
        Categories = ["api-extensions"],
        Namespaced = false,
        HasStatus = true,
        Schema = Shape.Object("A kind that is added to the API.",
            Object("spec", "What the kind is.",
                Text("group", "API group.").Required(),
                Of("names", Names).Required(),
                Choice("scope", "Whether objects are in namespaces.", "Namespaced", "Cluster").Required(),
                List("versions", "Versions of the kind.", Version).Required(),
                Any("conversion", "How objects are converted between versions."),
                Flag("preserveUnknownFields", "Must be false.")).Required(),
            Object("status", "Whether it is served.",
                Conditions, Of("acceptedNames", Names with { Fields = [.. Names.Fields.Select(field => field with { Required = false })] }),
                Texts("storedVersions", "Versions that objects have been stored in."))),
    };
}
