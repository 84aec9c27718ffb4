using System.Globalization;
using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>Which endpoints of a service its clients prefer (Kubernetes: <c>spec.trafficDistribution</c>).</summary>
public enum TrafficDistribution
{
    /// <summary>Nothing is said.</summary>
    Any,

    /// <summary>PreferSameZone and its old name PreferClose.</summary>
    PreferSameZone,
    PreferSameNode,
}

/// <summary>A named set of pods and the ports that clients address.</summary>
/// <param name="Selector">Labels of its pods; empty when its endpoints are managed by hand.</param>
/// <param name="ClusterIPs">Virtual addresses; <c>None</c> for a headless service.</param>
/// <param name="ExternalName">DNS name that a service of type ExternalName stands for; null otherwise.</param>
/// <param name="Distribution">Which endpoints its clients prefer.</param>
public sealed record Service(
    ObjectMeta Meta, IReadOnlyDictionary<string, string> Selector, IReadOnlyList<ServicePort> Ports, IReadOnlyList<string> ClusterIPs, string? ExternalName,
    TrafficDistribution Distribution = TrafficDistribution.Any)
{
    /// <summary>What its annotations say of the traffic to it.</summary>
    public ServicePolicy Policy { get; } = ServicePolicy.Read(Meta.Annotations);

    public bool IsHeadless => ClusterIPs is ["None", ..];

    public static Service Decode(MappingNode obj)
    {
        Node? spec = obj["spec"];
        IReadOnlyList<string> addresses = spec.GetTexts("clusterIPs");
        if (addresses.Count == 0 && spec.GetText("clusterIP") is { Length: > 0 } single)
            addresses = [single];
        return new Service(ObjectMeta.Decode(obj), spec.GetTextMap("selector"), spec.GetList("ports", ServicePort.Decode), addresses,
            spec.GetText("type") == "ExternalName" ? spec.GetText("externalName") : null,
            spec.GetText("trafficDistribution") switch
            {
                "PreferClose" or "PreferSameZone" => TrafficDistribution.PreferSameZone,
                "PreferSameNode" => TrafficDistribution.PreferSameNode,
                _ => TrafficDistribution.Any,
            });
    }
}

/// <summary>A port of a service.</summary>
/// <param name="Name">Empty when the service has one port without a name.</param>
/// <param name="Port">Port that clients address.</param>
/// <param name="TargetPort">Port number of the pods, or the name of one; the same as <paramref name="Port"/> by default.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="AppProtocol">Protocol that is spoken, as declared; null when not.</param>
public sealed record ServicePort(string Name, int Port, string TargetPort, string Protocol, string? AppProtocol)
{
    internal static ServicePort Decode(MappingNode node)
    {
        int port = node.GetInt("port") ?? 0;
        return new ServicePort(node.GetText("name") ?? "", port, node.GetText("targetPort") ?? port.ToString(CultureInfo.InvariantCulture),
            node.GetText("protocol") ?? "TCP", node.GetText("appProtocol"));
    }
}
