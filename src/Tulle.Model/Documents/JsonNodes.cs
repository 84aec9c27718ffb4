using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tulle.Model.Documents;

/// <summary>Between node trees and <see cref="JsonNode"/>.</summary>
public static class JsonNodes
{
    /// <summary>The JSON form of a node; a null node is a null.</summary>
    public static JsonNode? ToJson(Node node) => node switch
    {
        MappingNode mapping => ToJson(mapping),
        SequenceNode sequence => new JsonArray([.. sequence.Items.Select(ToJson)]),
        ScalarNode scalar => ToJson(scalar),
        _ => null,
    };

    public static JsonObject ToJson(MappingNode mapping)
    {
        var json = new JsonObject();
        foreach (MappingEntry entry in mapping.Entries)
            json.Add(entry.Key, ToJson(entry.Value));
        return json;
    }

    /// <summary>The node of a JSON value. It has no location.</summary>
    public static Node FromJson(JsonNode? json) => json switch
    {
        JsonObject mapping => FromJson(mapping),
        JsonArray array => new SequenceNode(SourceLocation.None, [.. array.Select(FromJson)]),
        JsonValue value => FromValue(value),
        _ => new ScalarNode(SourceLocation.None, "null", ScalarKind.Null),
    };

    public static MappingNode FromJson(JsonObject json) =>
        new(SourceLocation.None, json.Select(property => new MappingEntry(property.Key, SourceLocation.None, FromJson(property.Value))));

    private static JsonValue? ToJson(ScalarNode scalar)
    {
        switch (scalar.Kind)
        {
            case ScalarKind.Null:
                return null;
            case ScalarKind.Boolean:
                scalar.TryGetBoolean(out bool flag);
                return JsonValue.Create(flag);
            case ScalarKind.Integer when scalar.TryGetInteger(out long integer):
                return JsonValue.Create(integer);
            case ScalarKind.Float when scalar.TryGetNumber(out double number) && double.IsFinite(number):
                return JsonValue.Create(number);
            default:
                return JsonValue.Create(scalar.Text);
        }
    }

    private static ScalarNode FromValue(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.String => ScalarNode.String(value.GetValue<string>()),
        JsonValueKind.True => new ScalarNode(SourceLocation.None, "true", ScalarKind.Boolean),
        JsonValueKind.False => new ScalarNode(SourceLocation.None, "false", ScalarKind.Boolean),
        JsonValueKind.Number => JsonComposer.Number(Raw(value)),
        _ => new ScalarNode(SourceLocation.None, "null", ScalarKind.Null),
    };

    // A number may be backed by any CLR type; its JSON text is the one form they share.
    private static string Raw(JsonValue value) =>
        value.TryGetValue(out long integer) ? integer.ToString(CultureInfo.InvariantCulture) : value.ToJsonString();
}
