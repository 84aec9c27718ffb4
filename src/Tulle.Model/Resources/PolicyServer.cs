using System.Globalization;
using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>A port of some pods that policies apply to: a Server of Linkerd.</summary>
/// <param name="Pods">Selects pods of its namespace; null selects none.</param>
/// <param name="Port">Number or name of a container's port.</param>
/// <param name="ProxyProtocol">unknown, HTTP/1, HTTP/2, gRPC, opaque or TLS.</param>
public sealed record PolicyServer(ObjectMeta Meta, LabelSelector? Pods, string Port, string ProxyProtocol)
{
    public static PolicyServer Decode(MappingNode obj)
    {
        Node? spec = obj["spec"];
        return new PolicyServer(ObjectMeta.Decode(obj), spec.Get("podSelector") is MappingNode selector ? LabelSelector.Decode(selector) : null,
            spec.GetText("port") ?? "", spec.GetText("proxyProtocol") ?? "unknown");
    }

    /// <summary>The number of the port in a pod that it selects; null when it does not select it, or the pod has no such port.</summary>
    public int? PortOf(Pod pod)
    {
        if (pod.Meta.Namespace != Meta.Namespace || Pods?.Matches(pod.Meta.Labels) != true)
            return null;
        return int.TryParse(Port, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : pod.Containers.SelectMany(container => container.Ports).FirstOrDefault(port => port.Name == Port)?.Port;
    }
}
