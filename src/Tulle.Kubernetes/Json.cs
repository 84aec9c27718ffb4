using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tulle.Kubernetes;

/// <summary>Reading Kubernetes objects as JSON nodes.</summary>
public static class Json
{
    /// <summary>The string under a path of fields; null when a step is missing or the value is no string.</summary>
    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (string step in path)
        {
            if (node is not JsonObject current) return null;
            node = current[step];
        }
        return node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
    }

    /// <summary><c>metadata.name</c>; empty when missing.</summary>
    public static string ObjectName(this JsonObject value) => value.Text("metadata", "name") ?? "";

    /// <summary><c>metadata.namespace</c>; empty for cluster-scoped objects.</summary>
    public static string ObjectNamespace(this JsonObject value) => value.Text("metadata", "namespace") ?? "";

    /// <summary><c>metadata.resourceVersion</c>; empty when missing.</summary>
    public static string ObjectVersion(this JsonObject value) => value.Text("metadata", "resourceVersion") ?? "";

    /// <summary>The object a text holds; null when it is no JSON object.</summary>
    internal static JsonObject? TryParseObject(ReadOnlySpan<char> text)
    {
        try
        {
            return JsonNode.Parse(text.ToString()) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
