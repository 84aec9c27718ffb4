using static Tulle.Model.Schemas.Core.CoreShapes;
using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

/// <summary>Event, in the form of the core group and in that of events.k8s.io.</summary>
internal static class EventSchemas
{
    private static readonly Field Series = Object("series", "The event has happened again and again.",
        Count("count", "How often."), Time("lastObservedTime", "When it was last seen."));

    private static readonly Field Source = Object("source", "Who reports it.", Text("component", "Program."), Text("host", "Node."));

    public static readonly ResourceKind Core = new()
    {
        Group = "",
        Versions = ["v1"],
        Kind = "Event",
        Plural = "events",
        ShortNames = ["ev"],
        Schema = Shape.Object("Something that happened to an object.",
            Of("involvedObject", ObjectReference, "The object it is about.").Required(),
            Text("reason", "One word for what happened."),
            Text("message", "What happened, for a person."),
            Text("type", "Normal or Warning."),
            Source,
            Time("firstTimestamp", "When it was first seen."),
            Time("lastTimestamp", "When it was last seen."),
            Count("count", "How often it was seen."),
            Time("eventTime", "When it was first seen, in microseconds."),
            Series,
            Text("action", "What was done or failed."),
            Of("related", ObjectReference, "Another object it concerns."),
            Text("reportingComponent", "Controller that reports it."),
            Text("reportingInstance", "Instance of the controller.")),
    };

    public static readonly ResourceKind Grouped = new()
    {
        Group = "events.k8s.io",
        Versions = ["v1"],
        Kind = "Event",
        Plural = "events",
        ShortNames = ["ev"],
        Schema = Shape.Object("Something that happened to an object. Kept apart from the events of the core group.",
            Time("eventTime", "When it was first seen."),
            Of("regarding", ObjectReference, "The object it is about."),
            Text("reason", "One word for what happened."),
            Text("note", "What happened, for a person."),
            Text("type", "Normal or Warning."),
            Text("action", "What was done or failed."),
            Series,
            Of("related", ObjectReference, "Another object it concerns."),
            Text("reportingController", "Controller that reports it."),
            Text("reportingInstance", "Instance of the controller."),
            Source with { Name = "deprecatedSource" },
            Time("deprecatedFirstTimestamp", "When it was first seen, in old versions."),
            Time("deprecatedLastTimestamp", "When it was last seen, in old versions."),
            Count("deprecatedCount", "How often it was seen, in old versions.")),
    };
}
