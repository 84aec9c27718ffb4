using System.Text;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Protobuf;

/// <summary>
/// OpenAPI 2.0 documents in the protobuf form of gnostic (<c>OpenAPIv2.proto</c>), the only one that kubectl before 1.24
/// asks for. Field numbers are those of that file.
/// </summary>
internal static class Gnostic
{
    public static byte[] Encode(JsonObject document)
    {
        var writer = new ProtobufWriter();
        writer.Text(1, document.Text("swagger"));
        writer.Message(2, info =>
        {
            info.Text(1, document.Text("info", "title"));
            info.Text(2, document.Text("info", "version"));
        });
        writer.Message(8, static _ => { });
        writer.Message(9, definitions => NamedSchemas(definitions, document.Child("definitions")));
        return writer.ToArray();
    }

    private static void NamedSchemas(ProtobufWriter writer, JsonNode? schemas)
    {
        foreach ((string name, JsonNode? schema) in schemas as JsonObject ?? [])
        {
            writer.Message(1, named =>
            {
                named.Text(1, name);
                named.Message(2, value => Schema(value, schema));
            });
        }
    }

    private static void Schema(ProtobufWriter writer, JsonNode? schema)
    {
        writer.Text(1, schema.Text("$ref"));
        writer.Text(2, schema.Text("format"));
        writer.Text(4, schema.Text("description"));
        foreach (string required in schema.Texts("required")) writer.Text(19, required);
        if (schema.Child("additionalProperties") is { } values) writer.Message(21, item => item.Message(1, value => Schema(value, values)));
        if (schema.Text("type") is { } type) writer.Message(22, item => item.Text(1, type));
        if (schema.Child("items") is { } items) writer.Message(23, item => item.Message(1, value => Schema(value, items)));
        if (schema.Child("properties") is { } properties) writer.Message(25, item => NamedSchemas(item, properties));
        foreach ((string name, JsonNode? extension) in schema as JsonObject ?? [])
        {
            if (name.StartsWith("x-", StringComparison.Ordinal) && extension is not null) Extension(writer, name, extension);
        }
    }

    // The value is YAML text, of which JSON is a part.
    private static void Extension(ProtobufWriter writer, string name, JsonNode value) => writer.Message(31, named =>
    {
        named.Text(1, name);
        named.Message(2, any => any.Text(2, Encoding.UTF8.GetString(Json.ToBytes(value))));
    });
}
