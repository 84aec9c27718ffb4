using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

/// <summary>Shapes that several core kinds share.</summary>
internal static class CoreShapes
{
    public static readonly Field Conditions = Keyed("conditions", "type", "Latest observations of the object's state, one of each type.",
        Shape.Object("One observation.",
            Text("type", "Name of the condition.").Required(),
            Text("status", "Whether it holds: True, False or Unknown.").Required(),
            Text("reason", "One word for the last change."),
            Text("message", "Why, for a person."),
            Time("lastTransitionTime", "When it last changed."),
            Time("lastProbeTime", "When it was last looked at."),
            Time("lastUpdateTime", "When it was last written."),
            Generation("observedGeneration")));

    public static readonly Schema LabelSelector = Shape.Object("Which objects, by their labels. All requirements must hold; an empty selector matches everything.",
        TextMap("matchLabels", "Labels that an object must have with these values."),
        List("matchExpressions", "Requirements of a more general form.", Shape.Object("One requirement.",
            Text("key", "The label.").Required(),
            Choice("operator", "How its value compares.", "In", "NotIn", "Exists", "DoesNotExist").Required(),
            Texts("values", "Values for In and NotIn; empty for the others."))));

    public static readonly IReadOnlyList<Field> ObjectReferenceFields =
    [
        Text("apiVersion", "API version of the object."),
        Text("kind", "Kind of the object."),
        Text("namespace", "Namespace of the object."),
        Text("name", "Name of the object."),
        Text("uid", "UID of the object."),
        Text("resourceVersion", "Version of the object that is meant."),
        Text("fieldPath", "The part of the object that is meant."),
    ];

    public static readonly Schema ObjectReference = Shape.Object("An object, by kind and name.", ObjectReferenceFields);

    public static readonly Schema LocalReference = Shape.Object("An object of the same namespace.", Text("name", "Its name."));

    public static readonly Schema Quantity = new() { Type = SchemaType.IntegerOrString, Format = "quantity", Description = "An amount, such as 100m, 2 or 64Mi." };

    public static readonly Schema PodTemplate = Shape.Object("What the pods look like.",
        Of("metadata", ObjectMetaSchema.Metadata, "Labels and annotations of the pods."),
        Of("spec", PodSchema.Spec));

    /// <summary>A list whose elements a strategic merge patch tells apart by a field.</summary>
    public static Field Keyed(string name, string key, string description, Schema items) =>
        new(name, Shape.List(items, description) with { MergeKey = key });

    public static Field Time(string name, string description) => Text(name, description, "date-time");

    public static Field Generation(string name) =>
        Integer(name, "Generation of the object that was seen.", 0, long.MaxValue);

    public static Field Count(string name, string description) => Integer(name, description, 0);

    public static Field Resources(string name, string description) => Map(name, description, Quantity);
}
