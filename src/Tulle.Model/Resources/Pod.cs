using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>An instance of a workload.</summary>
/// <param name="Containers">Containers and init containers.</param>
/// <param name="Phase">Pending, Running, Succeeded, Failed or Unknown; empty before the first status.</param>
/// <param name="IP">Its address; null before it has one.</param>
/// <param name="Ready">Whether its Ready condition holds.</param>
public sealed record Pod(
    ObjectMeta Meta, string ServiceAccount, string NodeName, bool HostNetwork, IReadOnlyList<Container> Containers, string Phase, string? IP, bool Ready)
{
    /// <summary>Name of the sidecar's container.</summary>
    public const string ProxyContainer = "tulle-proxy";

    /// <summary>Whether a sidecar runs in it.</summary>
    public bool IsMeshed => Containers.Any(container => container.Name == ProxyContainer);

    /// <summary>What its Ready condition says; empty when it says nothing.</summary>
    public string ReadyMessage { get; init; } = "";

    /// <summary>How its containers are, as far as its node has said.</summary>
    public IReadOnlyList<ContainerStatus> Statuses { get; init; } = [];

    /// <summary>Why it is not ready, for people; empty while it is.</summary>
    public string NotReadyBecause
    {
        get
        {
            if (Ready) return "";
            // Of several that wait, the one that failed: others wait for it, and say nothing.
            if (Statuses.Where(status => status.WaitingReason.Length > 0).MaxBy(status => (status.WaitingMessage.Length > 0, status.Restarts)) is { } waiting)
                return $"container {waiting.Name} waits: {waiting.WaitingReason}{(waiting.WaitingMessage.Length > 0 ? $" ({waiting.WaitingMessage})" : "")}";
            if (ReadyMessage.Length > 0) return ReadyMessage;
            if (Statuses.FirstOrDefault(status => !status.Ready) is { } unready) return $"container {unready.Name} is not ready";
            return Phase.Length > 0 ? $"it is {Phase}" : "nothing is known of it yet";
        }
    }

    public static Pod Decode(MappingNode obj)
    {
        Node? spec = obj["spec"];
        Node? status = obj["status"];
        (string? Type, string? Status, string? Message) ready = status
            .GetList("conditions", node => (Type: node.GetText("type"), Status: node.GetText("status"), Message: node.GetText("message")))
            .FirstOrDefault(condition => condition.Type == "Ready");
        return new Pod(ObjectMeta.Decode(obj),
            spec.GetText("serviceAccountName") is { Length: > 0 } account ? account : "default",
            spec.GetText("nodeName") ?? "",
            spec.GetFlag("hostNetwork") ?? false,
            [.. spec.GetList("initContainers", Container.Decode), .. spec.GetList("containers", Container.Decode)],
            status.GetText("phase") ?? "",
            status.GetText("podIP") is { Length: > 0 } ip ? ip : null,
            ready.Status == "True")
        {
            ReadyMessage = ready.Message ?? "",
            Statuses = status.GetList("containerStatuses", ContainerStatus.Decode),
        };
    }

    /// <summary>
    /// The workload that it belongs to, as <c>deployment/user-service</c>. A ReplicaSet stands for the Deployment that made
    /// it, whose name it carries in front of the template hash; a pod without owner stands for itself.
    /// </summary>
    public string Workload
    {
        get
        {
            if (Meta.Controller is not { } owner)
                return $"pod/{Meta.Name}";
            if (owner.Kind == "ReplicaSet" && Meta.Labels.GetValueOrDefault("pod-template-hash") is { Length: > 0 } hash
                && owner.Name.EndsWith($"-{hash}", StringComparison.Ordinal))
                return $"deployment/{owner.Name[..^(hash.Length + 1)]}";
            return $"{owner.Kind.ToLowerInvariant()}/{owner.Name}";
        }
    }
}

/// <summary>A container of a pod.</summary>
public sealed record Container(string Name, IReadOnlyList<ContainerPort> Ports)
{
    internal static Container Decode(MappingNode node) => new(node.GetText("name") ?? "", node.GetList("ports", ContainerPort.Decode));
}

/// <summary>How a container is.</summary>
/// <param name="WaitingReason">Why it does not run, such as <c>CrashLoopBackOff</c>; empty while it runs.</param>
/// <param name="WaitingMessage">More about it.</param>
public sealed record ContainerStatus(string Name, bool Ready, int Restarts, string WaitingReason, string WaitingMessage)
{
    /// <summary>Whether it waits for its turn, and has not failed: for the containers that come before it.</summary>
    public bool AwaitsOthers => Restarts == 0 && WaitingReason is "ContainerCreating" or "PodInitializing" && WaitingMessage.Length == 0;

    internal static ContainerStatus Decode(MappingNode node)
    {
        Node? waiting = node["state"].Get("waiting");
        return new ContainerStatus(node.GetText("name") ?? "", node.GetFlag("ready") ?? false, node.GetInt("restartCount") ?? 0,
            waiting.GetText("reason") ?? "", waiting.GetText("message") ?? "");
    }
}

/// <summary>A port that a container declares. <paramref name="Name"/> is empty when it has none.</summary>
/// <param name="HostPort">Port of the machine that leads to it; 0: none.</param>
public sealed record ContainerPort(string Name, int Port, string Protocol, int HostPort)
{
    internal static ContainerPort Decode(MappingNode node) =>
        new(node.GetText("name") ?? "", node.GetInt("containerPort") ?? 0, node.GetText("protocol") ?? "TCP", node.GetInt("hostPort") ?? 0);
}
