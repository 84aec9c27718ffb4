using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Tables;

/// <summary>Deployments and the other kinds that own pods.</summary>
internal static class WorkloadTables
{
    public static readonly IReadOnlyList<TableColumn> Deployment =
    [
        ReadyOf("replicas"), Count("Up-to-date", "updatedReplicas"), Count("Available", "availableReplicas"), Age(), .. PodTemplate(), Selector(),
    ];

    public static readonly IReadOnlyList<TableColumn> ReplicaSet =
    [
        new("Desired", (value, _) => value.Number("spec", "replicas") ?? 1, Type: "integer"),
        Count("Current", "replicas"), Count("Ready", "readyReplicas"), Age(), .. PodTemplate(), Selector(),
    ];

    public static readonly IReadOnlyList<TableColumn> StatefulSet = [ReadyOf("replicas"), Age(), .. PodTemplate()];

    public static readonly IReadOnlyList<TableColumn> DaemonSet =
    [
        Count("Desired", "desiredNumberScheduled"), Count("Current", "currentNumberScheduled"), Count("Ready", "numberReady"),
        Count("Up-to-date", "updatedNumberScheduled"), Count("Available", "numberAvailable"),
        new("Node Selector", (value, _) => CoreTables.Labels(value.At("spec", "template", "spec", "nodeSelector"))),
        Age(), .. PodTemplate(), Selector(),
    ];

    public static readonly IReadOnlyList<TableColumn> Job =
    [
        new("Status", (value, _) => JobStatus(value)),
        new("Completions", (value, _) => $"{value.Number("status", "succeeded") ?? 0}/{value.Number("spec", "completions") ?? 1}"),
        new("Duration", (value, now) => Duration(value, now)),
        Age(), .. PodTemplate(), Selector(),
    ];

    public static readonly IReadOnlyList<TableColumn> CronJob =
    [
        CoreTables.Path("Schedule", "spec", "schedule"),
        CoreTables.Path("Timezone", "spec", "timeZone"),
        new("Suspend", (value, _) => value.Flag("spec", "suspend") == true ? "True" : "False"),
        new("Active", (value, _) => (long)(value.List("status", "active")?.Count ?? 0), Type: "integer"),
        new("Last Schedule", (value, now) =>
            value.Text("status", "lastScheduleTime") is null ? "<none>" : Durations.Age(value, now, "status", "lastScheduleTime")),
        Age(),
    ];

    private static TableColumn ReadyOf(string desired) =>
        new("Ready", (value, _) => $"{value.Number("status", "readyReplicas") ?? 0}/{value.Number("spec", desired) ?? 1}");

    private static TableColumn Count(string name, string field) =>
        new(name, (value, _) => value.Number("status", field) ?? 0, Type: "integer");

    private static TableColumn Age() => new("Age", (value, now) => Durations.Age(value, now, "metadata", "creationTimestamp"));

    private static TableColumn Selector() =>
        new("Selector", (value, _) => CoreTables.Labels(value.At("spec", "selector", "matchLabels")), Priority: 1);

    private static IEnumerable<TableColumn> PodTemplate() =>
    [
        new("Containers", (value, _) => Containers(value, "name"), Priority: 1),
        new("Images", (value, _) => Containers(value, "image"), Priority: 1),
    ];

    private static string Containers(JsonObject value, string field) =>
        string.Join(",", value.Objects("spec", "template", "spec", "containers").Select(container => container.Text(field)));

    private static string JobStatus(JsonObject job)
    {
        bool Is(string type) => job.Objects("status", "conditions").Any(c => c.Text("type") == type && c.Text("status") == "True");
        return Is("Complete") ? "Complete" : Is("Failed") ? "Failed" : Is("Suspended") ? "Suspended" : "Running";
    }

    private static string Duration(JsonObject job, DateTimeOffset now) =>
        Durations.Parse(job.Text("status", "startTime")) is not { } start ? ""
        : Durations.Human((Durations.Parse(job.Text("status", "completionTime")) ?? now) - start);
}
