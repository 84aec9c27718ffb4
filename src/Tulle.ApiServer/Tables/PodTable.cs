using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Tables;

/// <summary>READY, STATUS and RESTARTS of pods: what a person asks first.</summary>
internal static class PodTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        new("Ready", (pod, _) => $"{Statuses(pod).Count(Ready)}/{pod.Objects("spec", "containers").Count() + Sidecars(pod).Count}"),
        new("Status", (pod, _) => Status(pod)),
        new("Restarts", (pod, now) => Restarts(pod, now)),
        new("Age", (pod, now) => Durations.Age(pod, now, "metadata", "creationTimestamp")),
        new("IP", (pod, _) => pod.Text("status", "podIP") ?? "<none>", Priority: 1),
        new("Node", (pod, _) => pod.Text("spec", "nodeName") ?? "<none>", Priority: 1),
        new("Nominated Node", (pod, _) => pod.Text("status", "nominatedNodeName") ?? "<none>", Priority: 1),
        new("Readiness Gates", (_, _) => "<none>", Priority: 1),
    ];

    /// <summary>Why the pod is not simply running: what its containers wait for or died of, before its phase.</summary>
    private static string Status(JsonObject pod)
    {
        if (pod.IsDeleting()) return "Terminating";
        string phase = pod.Text("status", "reason") ?? pod.Text("status", "phase") ?? "Pending";
        foreach (JsonObject container in pod.Objects("status", "initContainerStatuses"))
        {
            if (container.Text("state", "terminated", "reason") is { } ended && container.Number("state", "terminated", "exitCode") is not 0)
                return $"Init:{ended}";
            if (container.Text("state", "waiting", "reason") is { } waiting and not "PodInitializing") return $"Init:{waiting}";
        }
        bool running = false;
        string? trouble = null;
        foreach (JsonObject container in pod.Objects("status", "containerStatuses"))
        {
            if (container.Text("state", "waiting", "reason") is { } waiting) trouble = waiting;
            else if (container.Text("state", "terminated", "reason") is { } ended) trouble = ended;
            else if (container.Number("state", "terminated", "exitCode") is { } code) trouble = $"ExitCode:{code}";
            else running |= container.Child("state").Child("running") is not null && Ready(container);
        }
        if (trouble == "Completed" && running) return "Running";
        return trouble ?? phase;
    }

    private static JsonNode Restarts(JsonObject pod, DateTimeOffset now)
    {
        long count = Statuses(pod).Sum(container => container.Number("restartCount") ?? 0);
        DateTimeOffset? last = Statuses(pod)
            .Select(container => Durations.Parse(container.Text("lastState", "terminated", "finishedAt"))).Max();
        return count > 0 && last is { } time ? $"{count} ({Durations.Human(now - time)} ago)" : $"{count}";
    }

    // Init containers that restart always are sidecars, and count among the containers.
    private static HashSet<string> Sidecars(JsonObject pod) =>
        [.. pod.Objects("spec", "initContainers").Where(c => c.Text("restartPolicy") == "Always").Select(c => c.Text("name") ?? "")];

    private static IEnumerable<JsonObject> Statuses(JsonObject pod)
    {
        HashSet<string> sidecars = Sidecars(pod);
        return pod.Objects("status", "containerStatuses")
            .Concat(pod.Objects("status", "initContainerStatuses").Where(c => sidecars.Contains(c.Text("name") ?? "")));
    }

    private static bool Ready(JsonObject container) => container.Flag("ready") == true;
}
