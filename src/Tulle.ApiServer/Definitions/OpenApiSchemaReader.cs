using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Definitions;

/// <summary>
/// Structural schemas of CustomResourceDefinitions as <see cref="Schema"/>. Types, fields, required fields, enums, formats and bounds
/// are checked; patterns, lengths and CEL rules are not.
/// </summary>
internal static class OpenApiSchemaReader
{
    private const string PreserveUnknown = "x-kubernetes-preserve-unknown-fields";

    /// <summary>The schema of a whole object, without apiVersion, kind and metadata.</summary>
    public static Schema ReadObject(JsonNode? schema)
    {
        Schema whole = Read(schema);
        if (whole.Type != SchemaType.Object) return new Schema { Type = SchemaType.Object, PreserveUnknown = true };
        return whole with { Fields = [.. whole.Fields.Where(field => field.Name is not ("apiVersion" or "kind" or "metadata"))] };
    }

    private static Schema Read(JsonNode? schema)
    {
        string description = schema.Text("description") ?? "";
        bool preserve = schema.Flag(PreserveUnknown) == true;
        if (schema.Flag("x-kubernetes-int-or-string") == true) return new Schema { Type = SchemaType.IntegerOrString, Description = description };
        return schema.Text("type") switch
        {
            "string" => new Schema
            {
                Type = SchemaType.String, Description = description, Format = schema.Text("format"),
                Enum = [.. schema.Texts("enum")],
            },
            "integer" => new Schema { Type = SchemaType.Integer, Description = description, Range = Bounds(schema) },
            "number" => new Schema { Type = SchemaType.Number, Description = description, Range = Bounds(schema) },
            "boolean" => new Schema { Type = SchemaType.Boolean, Description = description },
            "array" => new Schema { Type = SchemaType.List, Description = description, Items = Read(schema.Child("items")) },
            "object" => ReadFields(schema, description, preserve),
            _ => new Schema { Type = SchemaType.Any, Description = description },
        };
    }

    private static Schema ReadFields(JsonNode? schema, string description, bool preserve)
    {
        if (schema.Child("additionalProperties") is { } values && values.Flag() != false)
            return new Schema { Type = SchemaType.Map, Description = description, Items = Read(values) };
        if (schema.Child("properties") is not JsonObject properties)
            return new Schema { Type = preserve ? SchemaType.Any : SchemaType.Object, Description = description };
        HashSet<string> required = [.. schema.Texts("required")];
        return new Schema
        {
            Type = SchemaType.Object,
            Description = description,
            PreserveUnknown = preserve,
            Fields = [.. properties.Select(property => new Field(property.Key, Read(property.Value), required.Contains(property.Key)))],
        };
    }

    private static (double, double)? Bounds(JsonNode? schema)
    {
        double? min = schema.Real("minimum"), max = schema.Real("maximum");
        return min is null && max is null ? null : (min ?? double.MinValue, max ?? double.MaxValue);
    }
}
