using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>An object that another one depends on.</summary>
public sealed record OwnerReference(string ApiVersion, string Kind, string Name, string Uid, bool Controller)
{
    internal static OwnerReference Decode(MappingNode node) => new(
        node.GetText("apiVersion") ?? "", node.GetText("kind") ?? "", node.GetText("name") ?? "", node.GetText("uid") ?? "", node.GetFlag("controller") ?? false);
}
