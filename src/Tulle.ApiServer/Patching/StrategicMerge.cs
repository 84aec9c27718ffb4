using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Patching;

/// <summary>
/// Strategic merge patch: a merge patch in which lists with a merge key merge element by element, and directives say what
/// a merge cannot: <c>$patch: replace|delete|merge</c>, <c>$retainKeys</c>, <c>$setElementOrder/list</c>,
/// <c>$deleteFromPrimitiveList/list</c>.
/// </summary>
internal static class StrategicMerge
{
    private const string PatchDirective = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string OrderPrefix = "$setElementOrder/";
    private const string DeletePrefix = "$deleteFromPrimitiveList/";

    /// <param name="target">Changed in place.</param>
    /// <param name="patch">Left as it is.</param>
    /// <param name="schema">The shape of the whole object, without metadata.</param>
    /// <exception cref="PatchException">A directive is malformed, or an element has no merge key.</exception>
    public static JsonObject Apply(JsonObject target, JsonObject patch, Schema schema) => MergeObject(target, patch, Whole(schema));

    private static Schema Whole(Schema schema) => schema with { Fields = [.. ObjectMetaSchema.Fields, .. schema.Fields] };

    private static JsonObject MergeObject(JsonObject target, JsonObject patch, Schema? schema)
    {
        switch (patch.Text(PatchDirective))
        {
            case "replace":
                return Clean(patch);
            case "delete":
                return [];
            case null or "merge":
                break;
            case var other:
                throw new PatchException($"unknown patch type {other}; $patch is replace, merge or delete");
        }
        Retain(target, patch);
        foreach ((string name, JsonNode? value) in patch)
        {
            if (name.StartsWith(DeletePrefix, StringComparison.Ordinal)) DeletePrimitives(target, name[DeletePrefix.Length..], value);
            if (name[0] == '$') continue;
            MergeField(target, name, value, FieldSchema(schema, name), patch.List(OrderPrefix + name));
        }
        // An order may come for a list that the patch does not otherwise touch.
        foreach ((string name, JsonNode? value) in patch)
        {
            if (!name.StartsWith(OrderPrefix, StringComparison.Ordinal) || patch.ContainsKey(name[OrderPrefix.Length..])) continue;
            string list = name[OrderPrefix.Length..];
            if (target.List(list) is { } present && value is JsonArray order)
                target[list] = ListMerge.Order(present, order, present, FieldSchema(schema, list)?.MergeKey);
        }
        return target;
    }

    private static void MergeField(JsonObject target, string name, JsonNode? value, Schema? schema, JsonArray? order)
    {
        switch (value)
        {
            case null:
                target.Remove(name);
                break;
            case JsonObject patch:
                JsonObject present = target.Child(name) as JsonObject ?? [];
                target.Remove(name);
                bool deleted = patch.Text(PatchDirective) == "delete";
                if (!deleted) target[name] = MergeObject(present, patch, schema);
                break;
            case JsonArray patch when schema?.MergeKey is { } key:
                JsonArray existing = target.List(name) ?? [];
                target.Remove(name);
                target[name] = ListMerge.Merge(existing, patch, key, order, (element, change) => MergeObject(element, change, schema.Items));
                break;
            default:
                target[name] = value.DeepClone();
                break;
        }
    }

    private static void Retain(JsonObject target, JsonObject patch)
    {
        if (patch.List(RetainKeys) is not { } keys) return;
        HashSet<string> kept = [.. keys.Select(key => key.Text()).OfType<string>()];
        foreach (string name in patch.Select(field => field.Key).Where(name => name[0] != '$' && patch[name] is not null))
        {
            if (!kept.Contains(name)) throw new PatchException($"$retainKeys must list {name}, which the patch sets");
        }
        foreach (string name in target.Select(field => field.Key).Where(name => !kept.Contains(name)).ToArray()) target.Remove(name);
    }

    private static void DeletePrimitives(JsonObject target, string list, JsonNode? values)
    {
        if (values is not JsonArray doomed || target.List(list) is not { } present) return;
        target[list] = new JsonArray([.. present.Where(item => !doomed.Any(value => JsonNode.DeepEquals(value, item))).Select(item => item?.DeepClone())]);
    }

    private static Schema? FieldSchema(Schema? schema, string name) => schema?.Type switch
    {
        SchemaType.Object => schema.Fields.FirstOrDefault(field => field.Name == name)?.Schema,
        SchemaType.Map => schema.Items,
        _ => null,
    };

    /// <summary>A copy without directives and nulls.</summary>
    internal static JsonObject Clean(JsonObject patch)
    {
        var clean = new JsonObject();
        foreach ((string name, JsonNode? value) in patch)
        {
            if (name[0] == '$' || value is null) continue;
            clean[name] = value is JsonObject inner ? Clean(inner) : value.DeepClone();
        }
        return clean;
    }
}
