using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>Endpoints of a service.</summary>
/// <param name="Service">Service in the same namespace, from the label kubernetes.io/service-name; empty when not given.</param>
/// <param name="AddressType">IPv4, IPv6 or FQDN.</param>
public sealed record EndpointSlice(
    ObjectMeta Meta, string Service, string AddressType, IReadOnlyList<EndpointPort> Ports, IReadOnlyList<SliceEndpoint> Endpoints)
{
    public const string ServiceLabel = "kubernetes.io/service-name";

    public static EndpointSlice Decode(MappingNode obj)
    {
        ObjectMeta meta = ObjectMeta.Decode(obj);
        return new EndpointSlice(meta, meta.Labels.GetValueOrDefault(ServiceLabel) ?? "", obj.GetText("addressType") ?? "IPv4",
            obj.GetList("ports", EndpointPort.Decode), obj.GetList("endpoints", SliceEndpoint.Decode));
    }
}

/// <summary>A port of every endpoint in a slice; its name is that of the service's port. Null means every port.</summary>
public sealed record EndpointPort(string Name, int? Port, string Protocol, string? AppProtocol)
{
    internal static EndpointPort Decode(MappingNode node) =>
        new(node.GetText("name") ?? "", node.GetInt("port"), node.GetText("protocol") ?? "TCP", node.GetText("appProtocol"));
}

/// <summary>An endpoint.</summary>
/// <param name="Ready">Whether it takes new connections; unknown counts as ready (EndpointConditions).</param>
/// <param name="Terminating">Whether its pod is going away.</param>
/// <param name="Pod">Name of its pod; null when it is not one.</param>
public sealed record SliceEndpoint(IReadOnlyList<string> Addresses, bool Ready, bool Terminating, string? Pod, string? NodeName, string? Zone)
{
    internal static SliceEndpoint Decode(MappingNode node)
    {
        Node? conditions = node["conditions"];
        Node? target = node["targetRef"];
        return new SliceEndpoint(node.GetTexts("addresses"), conditions.GetFlag("ready") ?? true, conditions.GetFlag("terminating") ?? false,
            target.GetText("kind") == "Pod" ? target.GetText("name") : null, node.GetText("nodeName"), node.GetText("zone"));
    }
}
