using Tulle.Kubernetes;
using Tulle.Model.Schemas;

namespace Tulle.Cli.Resources;

/// <summary>A kind of object as the API serves it, known from the catalog or from the server's discovery.</summary>
internal sealed record ResourceType(string Group, string Version, string Plural, string Kind, bool Namespaced)
{
    /// <summary>What messages and <c>-o name</c> call it: <c>pod</c>, <c>virtualservice.networking.istio.io</c>.</summary>
    public string Label => Group.Length == 0 ? Kind.ToLowerInvariant() : $"{Kind.ToLowerInvariant()}.{Group}";

    public static ResourceType Of(ResourceKind kind, string? version = null) =>
        new(kind.Group, version ?? kind.Versions[0], kind.Plural, kind.Kind, kind.Namespaced);

    public ResourcePath Path(string? @namespace, string? name = null) =>
        ResourcePath.Of(Group, Version, Plural, Namespaced ? @namespace : null, name);
}
