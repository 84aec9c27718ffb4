using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tulle.Cli.Resources;
using Tulle.Kubernetes;
using Tulle.Model.Documents;

namespace Tulle.Cli.Commands.Apply;

/// <summary>What applying an object did.</summary>
internal enum Outcome
{
    Created,
    Configured,
    Unchanged,
}

/// <summary>
/// Creates an object or changes the live one by a three-way merge: what the file says is set, what an earlier file said and
/// this one does not is removed, what others set stays. The earlier file is kept in kubectl's own annotation, so that
/// <c>tulle apply</c> and <c>kubectl apply</c> follow each other without surprise.
/// </summary>
internal sealed class ObjectApplier(KubernetesClient client, bool dryRun)
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    public async Task<Outcome> ApplyAsync(ResourceType type, string @namespace, Manifest manifest, CancellationToken stop)
    {
        JsonObject desired = JsonNodes.ToJson(manifest.Node);
        if (type.Namespaced)
        {
            Metadata(desired)["namespace"] = @namespace;
        }
        string record = Sorted(WithoutRecord(desired))!.ToJsonString(Relaxed) + "\n";
        Annotations(desired)[LastApplied] = record;

        WriteOptions options = new() { FieldValidation = "Strict", DryRun = dryRun };
        ResourcePath path = type.Path(@namespace, manifest.Name);
        JsonObject? live = await client.TryGetAsync(path, stop);
        if (live is null)
        {
            await client.CreateAsync(type.Path(@namespace), desired, options, stop);
            return Outcome.Created;
        }

        JsonObject earlier = live.Text("metadata", "annotations", LastApplied) is { } text && TryParse(text) is { } parsed ? parsed : [];
        JsonObject patch = ThreeWayMerge.Patch(earlier, desired, live);
        if (patch.Count == 0)
        {
            return Outcome.Unchanged;
        }
        JsonObject changed = await client.PatchAsync(path, PatchKind.Merge, patch, options, stop);
        return changed.ObjectVersion() == live.ObjectVersion() && !dryRun ? Outcome.Unchanged : Outcome.Configured;
    }

    private static JsonObject WithoutRecord(JsonObject desired)
    {
        JsonObject copy = (JsonObject)desired.DeepClone();
        // kubectl writes an empty map where there are no annotations; the same here, so that both see the same record.
        Annotations(copy).Remove(LastApplied);
        return copy;
    }

    /// <summary>Keys in the order in which Go prints maps: kubectl compares the record as text.</summary>
    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject mapping => new JsonObject(mapping.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static JsonObject Metadata(JsonObject value) => Child(value, "metadata");

    private static JsonObject Annotations(JsonObject value) => Child(Metadata(value), "annotations");

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject child)
        {
            return child;
        }
        JsonObject added = [];
        parent[name] = added;
        return added;
    }

    private static JsonObject? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
