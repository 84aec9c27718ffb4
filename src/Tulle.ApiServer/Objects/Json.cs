using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tulle.ApiServer.Objects;

/// <summary>Reading and writing JSON nodes without reflection, forgiving about shapes: a value of another type reads as absent.</summary>
internal static class Json
{
    // Deeper than any real object; a hostile body must not exhaust the stack.
    private const int MaxDepth = 96;

    private static readonly JsonDocumentOptions ParseOptions = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    // The output is a JSON document and never stands inside HTML.
    private static readonly JsonWriterOptions WriteOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <exception cref="JsonException">The text is no JSON, or repeats a key.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8) => JsonNode.Parse(utf8, documentOptions: ParseOptions);

    /// <exception cref="JsonException">The text is no JSON object, or repeats a key.</exception>
    public static JsonObject ParseObject(ReadOnlySpan<byte> utf8) =>
        Parse(utf8) as JsonObject ?? throw new JsonException("the body is not a JSON object");

    public static byte[] ToBytes(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (Utf8JsonWriter writer = Writer(buffer)) node.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }

    public static Utf8JsonWriter Writer(IBufferWriter<byte> buffer) => new(buffer, WriteOptions);

    public static JsonNode? Child(this JsonNode? node, string name) =>
        node is JsonObject value && value.TryGetPropertyValue(name, out JsonNode? child) ? child : null;

    /// <summary>The node at the end of a path of names; null where the path breaks.</summary>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (string name in path) node = node.Child(name);
        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static bool? Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;

    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        if (node.At(path) is not JsonValue value) return null;
        if (value.TryGetValue(out long number)) return number;
        if (value.TryGetValue(out int small)) return small;
        return value.TryGetValue(out double real) && real == Math.Floor(real) ? (long)real : null;
    }

    public static double? Real(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out double real) ? real : node.Number(path);

    public static JsonArray? List(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) as JsonArray;

    /// <summary>The elements of a list that are objects; empty where there is no list.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.List(path) is { } list ? list.OfType<JsonObject>() : [];

    /// <summary>The elements of a list that are strings; empty where there is no list.</summary>
    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.List(path) is { } list ? list.Select(item => item.Text()).OfType<string>() : [];

    /// <summary>The object at <paramref name="name"/>, made when it is absent or of another type.</summary>
    public static JsonObject Ensure(this JsonObject parent, string name)
    {
        if (parent.Child(name) is JsonObject existing) return existing;
        var made = new JsonObject();
        parent[name] = made;
        return made;
    }

    /// <summary>A scalar as a person reads it: strings without quotes, everything else as JSON.</summary>
    public static string Display(this JsonNode? node) => node switch
    {
        null => "",
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => System.Text.Encoding.UTF8.GetString(ToBytes(node)),
    };
}
