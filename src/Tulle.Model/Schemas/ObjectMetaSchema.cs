using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas;

/// <summary>What every object has beside its kind's own fields: <c>apiVersion</c>, <c>kind</c>, <c>metadata</c>.</summary>
public static class ObjectMetaSchema
{
    private static readonly Schema s_ownerReference = Shape.Object("An object that this one depends on.",
        Text("apiVersion", "API group and version of the owner.").Required(),
        Text("kind", "Kind of the owner.").Required(),
        Text("name", "Name of the owner.").Required(),
        Text("uid", "UID of the owner.").Required(),
        Flag("controller", "Whether the owner manages this object."),
        Flag("blockOwnerDeletion", "Whether the owner's foreground deletion waits for this object."));

    private static readonly Schema s_managedFields = Shape.Object("Which fields one manager set.",
        Text("apiVersion", "Version of the fields."),
        Text("fieldsType", "Format of the fields: FieldsV1."),
        Any("fieldsV1", "The fields, as a tree."),
        Text("manager", "Who set them."),
        Text("operation", "Apply or Update."),
        Text("subresource", "Subresource used."),
        Text("time", "When.", "date-time"));

    /// <summary>Shape of <c>metadata</c>.</summary>
    public static Schema Metadata { get; } = Shape.Object("Standard object metadata.",
        Text("name", "Name, unique among the objects of this kind in the namespace. Cannot be changed."),
        Text("generateName", "Prefix of a name that the server makes up when name is not given."),
        Text("namespace", "Namespace the object is in. Cannot be changed."),
        TextMap("labels", "Keys and values that selectors match."),
        TextMap("annotations", "Keys and values that tools keep with the object; not used by selectors."),
        new Field("ownerReferences", Shape.List(s_ownerReference, "Objects this one depends on; it is deleted with the last of them.") with { MergeKey = "uid" }),
        new Field("finalizers", Shape.List(Shape.String(), "What has to be done before the object is removed.") with { MergeKey = "" }),
        Text("uid", "Identity in space and time. Set by the server."),
        Text("resourceVersion", "Version for optimistic concurrency and watches. Set by the server; opaque."),
        Integer("generation", "Counts changes of the desired state. Set by the server.", 0, long.MaxValue),
        Text("creationTimestamp", "When the object was created. Set by the server.", "date-time"),
        Text("deletionTimestamp", "When the object will be deleted. Set by the server.", "date-time"),
        Integer("deletionGracePeriodSeconds", "Seconds it has to end gracefully. Set by the server.", 0, long.MaxValue),
        List("managedFields", "Who set which fields. Kept as it is.", s_managedFields),
        Text("selfLink", "No longer set by any server."));

    /// <summary>The fields that come before a kind's own.</summary>
    public static IReadOnlyList<Field> Fields { get; } =
    [
        Text("apiVersion", "API group and version of this object.").Required(),
        Text("kind", "Kind of this object.").Required(),
        Of("metadata", Metadata),
    ];
}
