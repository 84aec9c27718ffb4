using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Tables;

internal static class EventTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        new("Last Seen", (value, now) => Durations.Human(now - LastSeen(value, now))),
        new("Type", (value, _) => value.Text("type") ?? ""),
        new("Reason", (value, _) => value.Text("reason") ?? ""),
        new("Object", (value, _) => Object(value)),
        new("Message", (value, _) => (value.Text("message") ?? value.Text("note") ?? "").Trim()),
        new("Age", (value, now) => Durations.Age(value, now, "metadata", "creationTimestamp"), Priority: 1),
        new("Count", (value, _) => value.Number("count") ?? value.Number("series", "count") ?? 1, Priority: 1, Type: "integer"),
    ];

    /// <summary>When it last happened.</summary>
    public static DateTimeOffset LastSeen(JsonObject value, DateTimeOffset now) =>
        Durations.Parse(value.Text("series", "lastObservedTime")) ?? Durations.Parse(value.Text("lastTimestamp"))
        ?? Durations.Parse(value.Text("eventTime")) ?? Durations.Parse(value.Text("metadata", "creationTimestamp")) ?? now;

    private static string Object(JsonObject value)
    {
        JsonNode? about = value.Child("involvedObject") ?? value.Child("regarding");
        return $"{about.Text("kind")?.ToLowerInvariant()}/{about.Text("name")}";
    }
}
