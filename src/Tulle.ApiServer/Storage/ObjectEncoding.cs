using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Storage;

/// <summary>
/// Objects are stored without apiVersion and kind: a kind is served in several versions of one shape, so the two are written
/// in front when the object goes out.
/// </summary>
internal static class ObjectEncoding
{
    public static byte[] Encode(JsonObject value)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (Utf8JsonWriter writer = Json.Writer(buffer))
        {
            writer.WriteStartObject();
            foreach ((string name, JsonNode? child) in value)
            {
                if (name is "apiVersion" or "kind") continue;
                writer.WritePropertyName(name);
                if (child is null) writer.WriteNullValue();
                else child.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    public static JsonObject Decode(byte[] json) => Json.ParseObject(json);

    /// <summary>The object with its apiVersion and kind, as nodes.</summary>
    public static JsonObject Decode(byte[] json, string apiVersion, string kind)
    {
        JsonObject value = Json.ParseObject(json);
        value.Insert(0, "kind", kind);
        value.Insert(0, "apiVersion", apiVersion);
        return value;
    }

    /// <summary>What to write before <see cref="Tail"/> to make the stored bytes a whole object.</summary>
    public static byte[] Head(string apiVersion, string kind) =>
        System.Text.Encoding.UTF8.GetBytes($"{{\"apiVersion\":\"{apiVersion}\",\"kind\":\"{kind}\",");

    /// <summary>The stored bytes after their opening brace. Every object has metadata, so they are never empty.</summary>
    public static ReadOnlySpan<byte> Tail(byte[] json) => json.AsSpan(1);
}
