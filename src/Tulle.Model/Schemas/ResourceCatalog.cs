using System.Collections.Frozen;
using Tulle.Model.Schemas.Core;
using Tulle.Model.Schemas.Mesh;

namespace Tulle.Model.Schemas;

/// <summary>Every kind of object Tulle knows, and how to find one. Group names are empty for the core group.</summary>
public static class ResourceCatalog
{
    public static IReadOnlyList<ResourceKind> All { get; } = [.. CoreKinds.All, .. MeshKinds.All];

    private static readonly FrozenDictionary<(string Group, string Kind), ResourceKind> s_byKind =
        All.ToFrozenDictionary(kind => (kind.Group, kind.Kind));

    private static readonly FrozenDictionary<(string Group, string Plural), ResourceKind> s_byPlural =
        All.ToFrozenDictionary(kind => (kind.Group, kind.Plural));

    /// <summary>The kind of an object, as its <c>apiVersion</c> and <c>kind</c> name it; null when not known.</summary>
    public static ResourceKind? ByKind(string group, string kind) => s_byKind.GetValueOrDefault((group, kind));

    /// <summary>The kind behind a URL's resource segment; null when not known.</summary>
    public static ResourceKind? ByPlural(string group, string plural) => s_byPlural.GetValueOrDefault((group, plural));

    /// <summary>
    /// Kinds that a person may mean on a command line: <c>vs</c>, <c>virtualservice</c>, <c>virtualservices</c>,
    /// <c>VirtualService</c> or <c>virtualservices.networking.istio.io</c>. Several groups may share a name; the first is kubectl's choice.
    /// </summary>
    public static IReadOnlyList<ResourceKind> ByName(string name)
    {
        string lower = name.ToLowerInvariant();
        int dot = lower.IndexOf('.');
        string word = dot < 0 ? lower : lower[..dot];
        string? group = dot < 0 ? null : lower[(dot + 1)..];
        return [.. All.Where(kind => (group is null || kind.Group == group)
            && (kind.Plural == word || kind.Singular == word || kind.ShortNames.Contains(word)))];
    }

    /// <summary>Splits <c>group/version</c> (or <c>v1</c> of the core group).</summary>
    public static (string Group, string Version) SplitApiVersion(string apiVersion)
    {
        int slash = apiVersion.IndexOf('/');
        return slash < 0 ? ("", apiVersion) : (apiVersion[..slash], apiVersion[(slash + 1)..]);
    }
}
