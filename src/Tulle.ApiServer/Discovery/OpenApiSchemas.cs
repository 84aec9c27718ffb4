using System.Text.Json.Nodes;
using Tulle.ApiServer.Resources;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Discovery;

/// <summary>Schemas in OpenAPI's form, with Kubernetes' extensions.</summary>
internal static class OpenApiSchemas
{
    public const string ObjectMetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    /// <summary>The name of a kind's schema: its group backwards, version and kind.</summary>
    public static string NameOf(ResourceKind kind, string version)
    {
        string group = kind.Group.Length == 0 ? "core" : kind.Group;
        return $"{string.Join('.', group.Split('.').Reverse())}.{version}.{kind.Kind}";
    }

    /// <summary>The schema of a whole object.</summary>
    public static JsonObject Whole(ServedResource resource, string version, string referencePrefix)
    {
        Schema schema = resource.SchemaOf(version);
        JsonObject whole = Of(schema, referencePrefix);
        var properties = new JsonObject
        {
            ["apiVersion"] = new JsonObject { ["type"] = "string", ["description"] = "Group and version of the object's kind." },
            ["kind"] = new JsonObject { ["type"] = "string", ["description"] = "What kind of object this is." },
            ["metadata"] = new JsonObject
            {
                ["description"] = "Name, namespace, labels and what else every object has.",
                ["default"] = new JsonObject(),
                ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = referencePrefix + ObjectMetaName }),
            },
        };
        if (referencePrefix.StartsWith("#/definitions", StringComparison.Ordinal))
            properties["metadata"] = new JsonObject { ["$ref"] = referencePrefix + ObjectMetaName, ["description"] = "Name, namespace, labels and what else every object has." };
        if (whole["properties"] is JsonObject own)
        {
            foreach ((string name, JsonNode? property) in own) properties[name] = property?.DeepClone();
        }
        whole["type"] = "object";
        whole["properties"] = properties;
        whole["x-kubernetes-group-version-kind"] = new JsonArray(GroupVersionKind(resource.Kind, version));
        return whole;
    }

    public static JsonObject GroupVersionKind(ResourceKind kind, string version) =>
        new() { ["group"] = kind.Group, ["kind"] = kind.Kind, ["version"] = version };

    public static JsonObject Of(Schema schema, string referencePrefix)
    {
        var result = new JsonObject();
        if (schema.Description.Length > 0) result["description"] = schema.Description;
        switch (schema.Type)
        {
            case SchemaType.String:
                result["type"] = "string";
                if (schema.Enum.Count > 0) result["enum"] = new JsonArray([.. schema.Enum.Select(value => (JsonNode)value)]);
                if (schema.Format is { } format) result["format"] = format;
                break;
            case SchemaType.Integer:
                result["type"] = "integer";
                result["format"] = schema.Format ?? (schema.Range is { Max: > int.MaxValue } ? "int64" : "int32");
                break;
            case SchemaType.Number:
                result["type"] = "number";
                break;
            case SchemaType.Boolean:
                result["type"] = "boolean";
                break;
            case SchemaType.IntegerOrString:
                result["type"] = "string";
                result["format"] = "int-or-string";
                result["x-kubernetes-int-or-string"] = true;
                break;
            case SchemaType.Object:
                AddFields(result, schema, referencePrefix);
                break;
            case SchemaType.Map:
                result["type"] = "object";
                result["additionalProperties"] = schema.Items is { } values ? Of(values, referencePrefix) : new JsonObject();
                break;
            case SchemaType.List:
                AddList(result, schema, referencePrefix);
                break;
            case SchemaType.Any:
                result["type"] = "object";
                result["x-kubernetes-preserve-unknown-fields"] = true;
                break;
        }
        if (schema.Range is { } range)
        {
            // The bounds of the type itself say nothing.
            if (range.Min > int.MinValue) result["minimum"] = range.Min;
            if (range.Max < int.MaxValue) result["maximum"] = range.Max;
        }
        return result;
    }

    private static void AddFields(JsonObject result, Schema schema, string referencePrefix)
    {
        result["type"] = "object";
        if (schema.PreserveUnknown) result["x-kubernetes-preserve-unknown-fields"] = true;
        if (schema.Fields.Count == 0) return;
        var properties = new JsonObject();
        foreach (Field field in schema.Fields)
        {
            JsonObject property = Of(field.Schema, referencePrefix);
            if (field.Deprecated is { Length: > 0 } instead)
                property["description"] = $"{field.Schema.Description} Deprecated: {instead}".Trim();
            properties[field.Name] = property;
        }
        result["properties"] = properties;
        string[] required = [.. schema.Fields.Where(field => field.Required).Select(field => field.Name)];
        if (required.Length > 0) result["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
    }

    private static void AddList(JsonObject result, Schema schema, string referencePrefix)
    {
        result["type"] = "array";
        result["items"] = schema.Items is { } items ? Of(items, referencePrefix) : new JsonObject();
        if (schema.MergeKey is not { } key) return;
        result["x-kubernetes-patch-strategy"] = "merge";
        if (key.Length == 0)
        {
            result["x-kubernetes-list-type"] = "set";
            return;
        }
        result["x-kubernetes-patch-merge-key"] = key;
        result["x-kubernetes-list-type"] = "map";
        result["x-kubernetes-list-map-keys"] = new JsonArray(key);
    }
}
