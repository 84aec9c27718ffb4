using System.Text;
using System.Text.Json;
using Tulle.Model.Findings;

namespace Tulle.Model.Documents;

/// <summary>Builds nodes from JSON text.</summary>
internal static class JsonComposer
{
    public static ReadResult Compose(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = ReadLimits.MaxDepth });
        try
        {
            reader.Read();
            Node root = Value(ref reader);
            reader.Read();
            return new ReadResult([root], []);
        }
        catch (JsonException exception)
        {
            int line = (int)(exception.LineNumber ?? 0) + 1;
            int column = (int)(exception.BytePositionInLine ?? 0) + 1;
            return new ReadResult([], [new Finding(Severity.Error, "", $"malformed JSON at line {line}, column {column}",
                "send one JSON value, nested at most 100 levels deep", SourceLocation.None, "Malformed")]);
        }
        catch (InvalidOperationException)
        {
            // A string with an invalid UTF-8 sequence or a lone surrogate.
            return new ReadResult([], [new Finding(Severity.Error, "", "a JSON string is not valid Unicode",
                "encode the text as UTF-8", SourceLocation.None, "Malformed")]);
        }
    }

    private static Node Value(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => Mapping(ref reader),
        JsonTokenType.StartArray => Sequence(ref reader),
        JsonTokenType.String => ScalarNode.String(reader.GetString()!),
        JsonTokenType.Number => Number(Encoding.ASCII.GetString(reader.ValueSpan)),
        JsonTokenType.True => new ScalarNode(SourceLocation.None, "true", ScalarKind.Boolean),
        JsonTokenType.False => new ScalarNode(SourceLocation.None, "false", ScalarKind.Boolean),
        _ => new ScalarNode(SourceLocation.None, "null", ScalarKind.Null),
    };

    internal static ScalarNode Number(string text) =>
        new(SourceLocation.None, text, ScalarResolver.TryParseInteger(text, out _) ? ScalarKind.Integer : ScalarKind.Float);

    private static MappingNode Mapping(ref Utf8JsonReader reader)
    {
        var entries = new List<MappingEntry>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string key = reader.GetString()!;
            reader.Read();
            entries.Add(new MappingEntry(key, SourceLocation.None, Value(ref reader)));
        }
        return new MappingNode(SourceLocation.None, entries);
    }

    private static SequenceNode Sequence(ref Utf8JsonReader reader)
    {
        var items = new List<Node>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(Value(ref reader));
        return new SequenceNode(SourceLocation.None, items);
    }
}
