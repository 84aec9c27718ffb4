using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Tables;

/// <summary>Columns of the core kinds whose cells are more than a path.</summary>
internal static class CoreTables
{
    private const string None = "<none>";

    /// <summary>The columns between NAME and AGE; null when the schema's columns will do.</summary>
    public static IReadOnlyList<TableColumn>? For(ResourceKind kind) => (kind.Group, kind.Kind) switch
    {
        ("", "Pod") => PodTable.Columns,
        ("", "Service") => ServiceTable.Columns,
        ("", "Namespace") => [Path("Status", "status", "phase")],
        ("", "Node") => NodeTable.Columns,
        ("", "ConfigMap") => [Count("Data", "data", "binaryData")],
        ("", "Secret") => [Path("Type", "type"), Count("Data", "data")],
        ("", "ServiceAccount") => [new TableColumn("Secrets", (value, _) => (long)(value.List("secrets")?.Count ?? 0), Type: "string")],
        ("", "Endpoints") => [new TableColumn("Endpoints", (value, _) => EndpointTables.Endpoints(value))],
        ("", "Event") or ("events.k8s.io", "Event") => EventTable.Columns,
        ("discovery.k8s.io", "EndpointSlice") => EndpointTables.Slice,
        ("apps", "Deployment") => WorkloadTables.Deployment,
        ("apps", "ReplicaSet") => WorkloadTables.ReplicaSet,
        ("apps", "StatefulSet") => WorkloadTables.StatefulSet,
        ("apps", "DaemonSet") => WorkloadTables.DaemonSet,
        ("batch", "Job") => WorkloadTables.Job,
        ("batch", "CronJob") => WorkloadTables.CronJob,
        ("coordination.k8s.io", "Lease") => [Path("Holder", "spec", "holderIdentity")],
        ("apiextensions.k8s.io", "CustomResourceDefinition") =>
            [new TableColumn("Created At", (value, _) => value.Text("metadata", "creationTimestamp")), Hidden("Age")],
        _ => null,
    };

    public static TableColumn Path(string name, params string[] path) =>
        new(name, (value, _) => value.Text(path) ?? None);

    /// <summary>Selector or labels as <c>a=b,c=d</c>.</summary>
    public static string Labels(JsonNode? map) =>
        map is JsonObject { Count: > 0 } labels ? string.Join(",", labels.Select(label => $"{label.Key}={label.Value.Display()}")) : None;

    private static TableColumn Count(string name, params string[] fields) =>
        new(name, (value, _) => (long)fields.Sum(field => value.Child(field) is JsonObject map ? map.Count : 0), Type: "string");

    // Shown with -o wide only, where the kind's own columns already say the age.
    private static TableColumn Hidden(string name) =>
        new(name, (value, now) => Durations.Age(value, now, "metadata", "creationTimestamp"), Priority: 1);
}
