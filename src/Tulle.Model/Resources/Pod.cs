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

    public static Pod Decode(MappingNode obj)
    {
        Node? spec = obj["spec"];
        Node? status = obj["status"];
        bool ready = status.GetList("conditions", node => (Type: node.GetText("type"), Status: node.GetText("status")))
            .Any(condition => condition is { Type: "Ready", Status: "True" });
        return new Pod(ObjectMeta.Decode(obj),
            spec.GetText("serviceAccountName") is { Length: > 0 } account ? account : "default",
            spec.GetText("nodeName") ?? "",
            spec.GetFlag("hostNetwork") ?? false,
            [.. spec.GetList("initContainers", Container.Decode), .. spec.GetList("containers", Container.Decode)],
            status.GetText("phase") ?? "",
            status.GetText("podIP") is { Length: > 0 } ip ? ip : null,
            ready);
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

/// <summary>A port that a container declares. <paramref name="Name"/> is empty when it has none.</summary>
public sealed record ContainerPort(string Name, int Port, string Protocol)
{
    internal static ContainerPort Decode(MappingNode node) => new(node.GetText("name") ?? "", node.GetInt("containerPort") ?? 0, node.GetText("protocol") ?? "TCP");
}
