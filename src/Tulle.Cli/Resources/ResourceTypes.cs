using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Model.Schemas;

namespace Tulle.Cli.Resources;

/// <summary>
/// Finds the kinds behind the words of a command line. The catalog answers without a request; what it does not know (a custom
/// resource) is looked up in the server's discovery.
/// </summary>
internal static class ResourceTypes
{
    /// <summary>Kinds that <paramref name="word"/> may mean: a name, a short name, a name with its group, or a category such as <c>all</c>.</summary>
    /// <exception cref="CliException">The server knows no such kind.</exception>
    public static async Task<IReadOnlyList<ResourceType>> FindAsync(MeshSession mesh, string word, CancellationToken stop)
    {
        if (ResourceCatalog.ByName(word) is [var kind, ..])
        {
            return [ResourceType.Of(kind)];
        }
        ResourceType[] category = [.. ResourceCatalog.All.Where(k => k.Categories.Contains(word)).Select(k => ResourceType.Of(k))];
        if (category.Length > 0)
        {
            return category;
        }
        string lower = word.ToLowerInvariant();
        await foreach ((ResourceType type, JsonObject entry) in DiscoverAsync(mesh, stop))
        {
            string[] names = [type.Plural, type.Kind.ToLowerInvariant(), .. ShortNames(entry)];
            if (names.Any(name => name == lower || $"{name}.{type.Group}" == lower))
            {
                return [type];
            }
        }
        throw new CliException($"the mesh has no resource type '{word}'; '{Kubectl(mesh)} api-resources' lists all of them", ExitCodes.Usage);
    }

    /// <summary>The one kind that a word means.</summary>
    public static async Task<ResourceType> FindOneAsync(MeshSession mesh, string word, CancellationToken stop)
    {
        IReadOnlyList<ResourceType> found = await FindAsync(mesh, word, stop);
        return found.Count == 1
            ? found[0]
            : throw new CliException($"'{word}' means several resource types ({string.Join(", ", found.Select(f => f.Plural))}); name one of them", ExitCodes.Usage);
    }

    /// <summary>The kind of an object's <c>apiVersion</c> and <c>kind</c>; null when neither the catalog nor the server has it.</summary>
    public static async Task<ResourceType?> OfObjectAsync(MeshSession mesh, string apiVersion, string kind, CancellationToken stop)
    {
        (string group, string version) = ResourceCatalog.SplitApiVersion(apiVersion);
        if (ResourceCatalog.ByKind(group, kind) is { } known)
        {
            return ResourceType.Of(known, version);
        }
        await foreach ((ResourceType type, _) in DiscoverAsync(mesh, stop))
        {
            if (type.Group == group && type.Kind == kind)
            {
                return type with { Version = version };
            }
        }
        return null;
    }

    private static string Kubectl(MeshSession mesh) => mesh.Location.Local ? "kubectl --kubeconfig \"$(tulle kubeconfig)\"" : "kubectl";

    private static async IAsyncEnumerable<(ResourceType Type, JsonObject Entry)> DiscoverAsync(
        MeshSession mesh, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        JsonObject groups = await mesh.Client.GetRawAsync("/apis", stop);
        IEnumerable<string> versions = (groups["groups"] as JsonArray ?? [])
            .Select(g => g.Text("preferredVersion", "groupVersion")).OfType<string>();
        foreach (string apiVersion in versions)
        {
            JsonObject list = await mesh.Client.GetRawAsync($"/apis/{apiVersion}", stop);
            (string group, string version) = ResourceCatalog.SplitApiVersion(apiVersion);
            foreach (JsonObject entry in (list["resources"] as JsonArray ?? []).OfType<JsonObject>())
            {
                if (entry.Text("name") is { } plural && !plural.Contains('/') && entry.Text("kind") is { } kind)
                {
                    yield return (new ResourceType(group, version, plural, kind, entry["namespaced"]?.GetValue<bool>() ?? true), entry);
                }
            }
        }
    }

    private static IEnumerable<string> ShortNames(JsonObject entry) =>
        (entry["shortNames"] as JsonArray ?? []).Select(n => n?.GetValue<string>()).OfType<string>();
}
