using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Tables;

internal static class NodeTable
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        new("Status", (node, _) => Status(node)),
        new("Roles", (node, _) => Roles(node)),
        new("Age", (node, now) => Durations.Age(node, now, "metadata", "creationTimestamp")),
        new("Version", (node, _) => node.Text("status", "nodeInfo", "kubeletVersion") ?? ""),
        new("Internal-IP", (node, _) =>
            node.Objects("status", "addresses").FirstOrDefault(a => a.Text("type") == "InternalIP").Text("address") ?? "<none>", Priority: 1),
        new("OS-Image", (node, _) => node.Text("status", "nodeInfo", "osImage") ?? "<unknown>", Priority: 1),
    ];

    private static string Status(JsonObject node)
    {
        JsonObject? ready = node.Objects("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "Ready");
        string status = ready is null ? "Unknown" : ready.Text("status") == "True" ? "Ready" : "NotReady";
        return node.Flag("spec", "unschedulable") == true ? $"{status},SchedulingDisabled" : status;
    }

    private static string Roles(JsonObject node)
    {
        string roles = string.Join(",", (node.At("metadata", "labels") as JsonObject ?? [])
            .Where(label => label.Key.StartsWith(RolePrefix, StringComparison.Ordinal)).Select(label => label.Key[RolePrefix.Length..]));
        return roles.Length == 0 ? "<none>" : roles;
    }
}
