using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tulle.Cli.Output;

/// <summary>Prints JSON as people and programs expect it on a terminal: indented by four, or one line for streams.</summary>
internal static class JsonText
{
    // Relaxed: the output goes to a terminal or a file, never into HTML, and "<none>" should be readable.
    private static readonly JsonWriterOptions Indented = new() { Indented = true, IndentSize = 4, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TextWriter to, JsonNode node) => to.WriteLine(Text(node, Indented));

    public static void WriteLine(TextWriter to, JsonNode node) => to.WriteLine(Text(node, Compact));

    private static string Text(JsonNode node, JsonWriterOptions options)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes, options))
        {
            node.WriteTo(writer);
        }
        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
