using System.Text.Json.Nodes;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Admission;

/// <summary>Removes fields that a schema does not know, as a Kubernetes API server does before it stores an object.</summary>
internal static class FieldPruner
{
    /// <param name="value">Changed in place.</param>
    /// <param name="schema">The shape of <paramref name="value"/>; of a whole object with its apiVersion, kind and metadata.</param>
    public static void Prune(JsonNode? value, Schema schema)
    {
        switch (schema.Type, value)
        {
            case (SchemaType.Object, JsonObject fields):
                PruneFields(fields, schema);
                break;
            case (SchemaType.Map, JsonObject map) when schema.Items is { } items:
                foreach ((_, JsonNode? child) in map) Prune(child, items);
                break;
            case (SchemaType.List, JsonArray list) when schema.Items is { } items:
                foreach (JsonNode? element in list) Prune(element, items);
                break;
        }
    }

    private static void PruneFields(JsonObject fields, Schema schema)
    {
        List<string>? removed = null;
        foreach ((string name, JsonNode? child) in fields)
        {
            Field? field = schema.Fields.FirstOrDefault(candidate => candidate.Name == name);
            if (field is not null) Prune(child, field.Schema);
            else if (!schema.PreserveUnknown) (removed ??= []).Add(name);
        }
        foreach (string name in removed ?? []) fields.Remove(name);
    }
}
