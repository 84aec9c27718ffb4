using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh;

/// <summary>The <c>status</c> that Gateway API and Linkerd kinds share: conditions, written by controllers.</summary>
internal static class ConditionShapes
{
    public static readonly Field Conditions = new("conditions", Shape.List(Shape.Object("A condition.",
        Text("type", "Name of the condition.").Required(),
        Choice("status", "Whether it holds.", "True", "False", "Unknown").Required(),
        Text("reason", "One word for the last change."),
        Text("message", "Why the condition is so."),
        Text("lastTransitionTime", "When it last changed.", "date-time"),
        new Field("observedGeneration", Shape.Integer("Generation it was found for.", 0, long.MaxValue))), "Conditions, one of each type.") with { MergeKey = "type" });

    public static readonly Schema Status = Shape.Object("What controllers report about the object.", Conditions) with { PreserveUnknown = true };
}
