using System.Text.Json.Nodes;
using Tulle.Kubernetes;

namespace Tulle.Local.Mirroring;

/// <summary>Writes objects so that they are what they should be, and touches nothing when they already are.</summary>
internal sealed class ObjectMirror(KubernetesClient client)
{
    private const int MaxAttempts = 5;

    public KubernetesClient Client => client;

    /// <summary>Creates the object, or replaces its spec; labels and annotations that others added stay.</summary>
    /// <returns>The object as the server has it now.</returns>
    public async Task<JsonObject> EnsureAsync(ResourcePath path, JsonObject desired, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                JsonObject? current = await client.TryGetAsync(path, cancellation).ConfigureAwait(false);
                if (current is null) return await client.CreateAsync(path.Collection(), (JsonObject)desired.DeepClone(), null, cancellation).ConfigureAwait(false);
                JsonObject next = Merge(current, desired);
                if (JsonNode.DeepEquals(next, current)) return current;
                return await client.UpdateAsync(path, next, null, cancellation).ConfigureAwait(false);
            }
            catch (ApiStatusException e) when ((e.IsConflict || e.IsAlreadyExists) && attempt < MaxAttempts)
            {
                // Somebody else wrote in between: look again.
            }
        }
    }

    /// <summary>Deletes the object; it may be gone already.</summary>
    public async Task RemoveAsync(ResourcePath path, CancellationToken cancellation)
    {
        try
        {
            await client.DeleteAsync(path, null, cancellation).ConfigureAwait(false);
        }
        catch (ApiStatusException e) when (e.IsNotFound)
        {
            // What was wanted.
        }
    }

    private static JsonObject Merge(JsonObject current, JsonObject desired)
    {
        var next = (JsonObject)current.DeepClone();
        JsonObject metadata = next["metadata"]!.AsObject();
        foreach (string map in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            if (desired["metadata"]![map] is not JsonObject wanted) continue;
            if (metadata[map] is not JsonObject held) metadata[map] = held = [];
            foreach ((string name, JsonNode? value) in wanted) held[name] = value?.DeepClone();
        }
        if (desired["metadata"]!["ownerReferences"] is { } owners) metadata["ownerReferences"] = owners.DeepClone();
        if (desired["spec"] is JsonObject spec)
        {
            // Fields that the server filled in stay, so that an unchanged object compares equal.
            JsonObject merged = next["spec"] as JsonObject ?? [];
            foreach ((string name, JsonNode? value) in spec) merged[name] = Fill(value?.DeepClone(), merged[name]);
            next["spec"] = merged;
        }
        return next;
    }

    // Defaults that the server put into elements of lists and nested objects are taken over where the rest is equal.
    private static JsonNode? Fill(JsonNode? wanted, JsonNode? held)
    {
        switch (wanted, held)
        {
            case (JsonObject want, JsonObject have) when !IsMap(want):
                foreach ((string name, JsonNode? value) in have)
                {
                    if (!want.ContainsKey(name)) want[name] = value?.DeepClone();
                    else want[name] = Fill(want[name]?.DeepClone(), value);
                }
                return want;
            case (JsonArray want, JsonArray have) when want.Count == have.Count:
                for (int i = 0; i < want.Count; i++) want[i] = Fill(want[i]?.DeepClone(), have[i]);
                return want;
            default:
                return wanted;
        }
    }

    // Label maps hold what was asked for and nothing else.
    private static bool IsMap(JsonObject value) => value.ContainsKey("app") || value.ContainsKey(MeshLabels.Service);
}

internal static class ResourcePathExtensions
{
    /// <summary>The collection that an object is in.</summary>
    public static ResourcePath Collection(this ResourcePath path) => ResourcePath.Of(path.Group, path.Version, path.Plural, path.Namespace);
}
