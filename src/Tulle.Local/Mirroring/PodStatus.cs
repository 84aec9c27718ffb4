using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.Local.Hosting;
using Tulle.Local.Supervision;
using Tulle.Protocol;

namespace Tulle.Local.Mirroring;

/// <summary>One of the two processes of a replica, as its Pod's status shows it. Immutable.</summary>
internal sealed record ContainerState
{
    public ProcessIdentity? Process { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public int Restarts { get; init; }

    /// <summary>Whether it runs and, for the application, is healthy; for the sidecar, has its certificate.</summary>
    public bool Ready { get; init; }

    /// <summary>Why it does not run: <c>ContainerCreating</c>, <c>CrashLoopBackOff</c>.</summary>
    public string Waiting { get; init; } = "ContainerCreating";

    public string Message { get; init; } = "";
}

/// <summary>The status of a replica's Pod.</summary>
internal static class PodStatus
{
    /// <param name="trouble">Why it is not ready; empty while it is.</param>
    public static JsonObject Of(ReplicaModel replica, ContainerState app, ContainerState proxy, DateTimeOffset created, DateTimeOffset readySince, string trouble = "")
    {
        bool ready = app.Ready && proxy.Ready;
        return new JsonObject
        {
            ["phase"] = app.Process is null && app.Restarts == 0 ? "Pending" : "Running",
            ["hostIP"] = "127.0.0.1",
            ["podIP"] = replica.Address.ToString(),
            ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = replica.Address.ToString() }),
            ["startTime"] = Time(created),
            ["conditions"] = new JsonArray(
                Condition("Initialized", true, created), Condition("Ready", ready, readySince, trouble),
                Condition("ContainersReady", ready, readySince), Condition("PodScheduled", true, created)),
            ["containerStatuses"] = new JsonArray(Container("app", app), Container(ProtocolNames.SidecarContainer, proxy)),
        };
    }

    /// <summary>RFC 3339 in UTC with whole seconds, as Kubernetes writes times.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static JsonObject Condition(string type, bool value, DateTimeOffset since, string message = "")
    {
        var condition = new JsonObject
        {
            ["type"] = type,
            ["status"] = value ? "True" : "False",
            ["lastTransitionTime"] = Time(since),
        };
        if (value || message.Length == 0) return condition;
        condition["reason"] = "ContainersNotReady";
        condition["message"] = message;
        return condition;
    }

    private static JsonObject Container(string name, ContainerState state) => new()
    {
        ["name"] = name,
        ["image"] = "process",
        ["imageID"] = "",
        ["containerID"] = state.Process is { } process ? $"pid://{process.Pid}" : "",
        ["ready"] = state.Ready,
        ["started"] = state.Process is not null,
        ["restartCount"] = state.Restarts,
        ["state"] = state.Process is not null
            ? new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Time(state.StartedAt) } }
            : new JsonObject { ["waiting"] = new JsonObject { ["reason"] = state.Waiting, ["message"] = state.Message } },
    };
}
