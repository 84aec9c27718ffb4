using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tulle.Cli.Output;

/// <summary>Prints JSON as block-style YAML 1.2 that YAML 1.1 readers understand alike.</summary>
internal static partial class YamlText
{
    public static void Write(TextWriter to, JsonNode node) => WriteNode(to, node, 0, afterKey: false);

    private static void WriteNode(TextWriter to, JsonNode? node, int indent, bool afterKey)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } mapping:
                WriteMapping(to, mapping, indent, startsOnNewLine: afterKey);
                break;
            case JsonArray { Count: > 0 } sequence:
                if (afterKey)
                {
                    to.WriteLine();
                }
                foreach (JsonNode? item in sequence)
                {
                    to.Write(new string(' ', indent));
                    to.Write("-");
                    if (item is JsonObject { Count: > 0 } inner)
                    {
                        to.Write(" ");
                        WriteMapping(to, inner, indent + 2, startsOnNewLine: false);
                    }
                    else
                    {
                        WriteNode(to, item, indent + 2, afterKey: true);
                    }
                }
                break;
            default:
                to.Write(afterKey ? " " : "");
                to.WriteLine(Scalar(node, indent));
                break;
        }
    }

    private static void WriteMapping(TextWriter to, JsonObject mapping, int indent, bool startsOnNewLine)
    {
        if (startsOnNewLine)
        {
            to.WriteLine();
        }
        bool first = !startsOnNewLine;
        foreach ((string key, JsonNode? value) in mapping)
        {
            // The first key of a mapping stands where its list item or the document began.
            to.Write(first ? "" : new string(' ', indent));
            first = false;
            to.Write(Quoted(key));
            to.Write(":");
            // Lists stand below their key at the key's own indentation, as kubectl writes them.
            WriteNode(to, value, value is JsonArray ? indent : indent + 2, afterKey: true);
        }
    }

    private static string Scalar(JsonNode? node, int indent) => node switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        _ when node.GetValueKind() == JsonValueKind.String => Text(node.GetValue<string>(), indent),
        _ => node.ToJsonString(),
    };

    private static string Text(string text, int indent)
    {
        bool block = text.Contains('\n') && !text.Contains('\r') && !text.StartsWith(' ') && !text.StartsWith('\n') && Printable().IsMatch(text);
        if (!block)
        {
            return Quoted(text);
        }
        string chomp = text.EndsWith("\n\n", StringComparison.Ordinal) ? "|+" : text.EndsWith('\n') ? "|" : "|-";
        string body = text.EndsWith('\n') ? text[..^1] : text;
        return $"{chomp}\n{string.Join('\n', body.Split('\n').Select(line => line.Length == 0 ? "" : new string(' ', indent) + line))}";
    }

    /// <summary>Plain where every YAML reader takes it as the same string; double-quoted otherwise.</summary>
    private static string Quoted(string text) => Plain().IsMatch(text) && !Ambiguous().IsMatch(text)
        ? text
        : $"\"{JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    [GeneratedRegex(@"^[A-Za-z0-9_./\\(][^\x00-\x1f\x7f-\x9f]*$(?<!\s)(?<!:)(?<!: .*)(?<! #.*)")]
    private static partial Regex Plain();

    // Null, booleans (YAML 1.1 included), numbers, dates and sexagesimals.
    [GeneratedRegex(@"^(~|null|true|false|yes|no|on|off|y|n|[-+.0-9][-+.,:_0-9a-fxoTZ]*|\.(inf|nan))$", RegexOptions.IgnoreCase)]
    private static partial Regex Ambiguous();

    [GeneratedRegex(@"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$")]
    private static partial Regex Printable();
}
