using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>A service, or a subset of it, as a route names it.</summary>
/// <param name="Host">As written: a short name is relative to the namespace of the object it stands in.</param>
/// <param name="Subset">Empty for the whole service.</param>
/// <param name="Port">Null for the port that the request was sent to, or the service's only one.</param>
public sealed record Destination(string Host, string Subset, int? Port)
{
    internal static Destination Decode(Node? node) =>
        new(node.GetText("host") ?? "", node.GetText("subset") ?? "", node.Get("port").GetInt("number"));
}

/// <summary>A destination and its share, relative to the sum of the weights of its rule.</summary>
public sealed record WeightedDestination(Destination Destination, uint Weight)
{
    /// <summary>Changes of the headers of what is sent there.</summary>
    public MessageHeaders Headers { get; init; } = MessageHeaders.None;

    internal static WeightedDestination Decode(MappingNode node) =>
        new(Destination.Decode(node["destination"]), (uint)Math.Max(0, node.GetInt("weight") ?? 0)) { Headers = MessageHeaders.Decode(node["headers"]) };
}
