using System.Text;
using System.Text.Json;

namespace Tulle.Proxy.Configuration;

/// <summary>
/// Turns JSON into the wire format of the messages that a <see cref="JsonMessage"/> describes. Collects every mistake with its line
/// and place. No I/O.
/// </summary>
internal ref struct JsonToWire
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly string _file;
    private readonly List<string> _errors;
    private Utf8JsonReader _reader;

    private JsonToWire(ReadOnlySpan<byte> json, string file, List<string> errors)
    {
        _json = json;
        _file = file;
        _errors = errors;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 64 });
    }

    /// <summary>The message's wire format; meaningless when there were errors.</summary>
    public static WireWriter Convert(ReadOnlySpan<byte> json, JsonMessage message, string file, List<string> errors)
    {
        var converter = new JsonToWire(json, file, errors);
        var writer = new WireWriter();
        try
        {
            converter._reader.Read();
            if (converter._reader.TokenType == JsonTokenType.StartObject)
            {
                converter.ReadMessage(message, writer, "");
                converter._reader.Read();
            }
            else
            {
                errors.Add($"{file}: an object with the fields {Names(message.Fields)} is needed, not {converter.What()}.");
            }
        }
        catch (JsonException exception)
        {
            errors.Add($"{file}:{exception.LineNumber + 1}: this is not valid JSON.");
        }
        return writer;
    }

    private void ReadMessage(JsonMessage message, WireWriter writer, string at)
    {
        int line = Line();
        var given = new HashSet<JsonField>();
        bool unknown = false;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            JsonField? field = message.Find(_reader.ValueSpan);
            string name = _reader.GetString()!;
            string place = at.Length == 0 ? name : $"{at}.{name}";
            if (field is null)
            {
                unknown = true;
                Fail(Line(), place, $"there is no such field; here are: {Names(message.Fields)}");
                _reader.Read();
                _reader.Skip();
                continue;
            }
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.Null) continue;
            if (!given.Add(field)) Fail(Line(), place, "the field is given twice");
            ReadField(field, writer, place);
        }
        foreach (JsonField field in message.Fields)
        {
            if (field.Default >= 0 && !given.Contains(field)) writer.WriteNumber(field.Number, field.Default);
        }
        foreach (IGrouping<string, JsonField> group in message.Fields.Where(f => f.OneOf.Length > 0).GroupBy(f => f.OneOf))
        {
            int count = group.Count(given.Contains);
            bool required = group.Key == message.Required;
            if (count <= 1 && (count == 1 || !required || unknown)) continue;
            Fail(line, at, $"{(required ? "exactly" : "at most")} one of these fields is needed: {Names([.. group])}");
        }
    }

    private void ReadField(JsonField field, WireWriter writer, string at)
    {
        if (!field.IsList)
        {
            ReadValue(field, writer, at);
            return;
        }
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            Fail(Line(), at, $"a list is needed here, not {What()}");
            _reader.Skip();
            return;
        }
        for (int i = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; i++) ReadValue(field, writer, $"{at}[{i}]");
    }

    private void ReadValue(JsonField field, WireWriter writer, string at)
    {
        switch (field.Kind)
        {
            case JsonKind.Text when _reader.TokenType == JsonTokenType.String:
                string text = _reader.GetString()!;
                writer.WriteBytes(field.Number, Encoding.UTF8.GetBytes(field.IsLowerCase ? text.ToLowerInvariant() : text));
                break;
            case JsonKind.Boolean when _reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                writer.WriteNumber(field.Number, _reader.TokenType == JsonTokenType.True ? 1 : 0);
                break;
            case JsonKind.Number or JsonKind.Signed when _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out long number)
                && number <= field.Max && (number >= 0 || field.Kind == JsonKind.Signed):
                writer.WriteNumber(field.Number, number);
                break;
            case JsonKind.Fraction when _reader.TokenType == JsonTokenType.Number && _reader.TryGetDouble(out double fraction) && fraction >= 0:
                writer.WriteFraction(field.Number, fraction);
                break;
            case JsonKind.Choice when _reader.TokenType == JsonTokenType.String:
                ReadChoice(field, writer, at);
                break;
            case JsonKind.Message when _reader.TokenType == JsonTokenType.StartObject:
                var inner = new WireWriter();
                ReadMessage(field.Message!(), inner, at);
                writer.WriteBytes(field.Number, inner.Written);
                break;
            case JsonKind.WrappedList when _reader.TokenType == JsonTokenType.StartArray:
                var list = new WireWriter();
                ReadField(new JsonField(field.Name, 1, JsonKind.Message) { IsList = true, Message = field.Message }, list, at);
                writer.WriteBytes(field.Number, list.Written);
                break;
            default:
                Fail(Line(), at, $"{Wanted(field)} is needed here, not {What()}");
                _reader.Skip();
                break;
        }
    }

    private void ReadChoice(JsonField field, WireWriter writer, string at)
    {
        string text = _reader.GetString()!;
        foreach ((string name, int number) in field.Choices)
        {
            if (name != text) continue;
            writer.WriteNumber(field.Number, number);
            return;
        }
        string names = string.Join(", ", field.Choices.SkipLast(1).Select(c => c.Name));
        Fail(Line(), at, $"one of {names} and {field.Choices[^1].Name} is needed, not '{text}'");
    }

    private static string Wanted(JsonField field) => field.Kind switch
    {
        JsonKind.Text or JsonKind.Choice => "a text",
        JsonKind.Boolean => "true or false",
        JsonKind.Number => $"a whole number from 0 to {field.Max}",
        JsonKind.Signed => $"a whole number up to {field.Max}",
        JsonKind.Fraction => "a number that is not negative",
        JsonKind.WrappedList => "a list",
        _ => $"an object with the fields {Names(field.Message!().Fields)}",
    };

    private readonly string What() => _reader.TokenType switch
    {
        JsonTokenType.String => $"'{_reader.GetString()}'",
        JsonTokenType.Number => Encoding.ASCII.GetString(_reader.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.StartObject => "an object",
        _ => "null",
    };

    private readonly int Line() => 1 + _json[..(int)_reader.TokenStartIndex].Count((byte)'\n');

    private readonly void Fail(int line, string at, string problem) => _errors.Add($"{_file}:{line}: {(at.Length == 0 ? "" : at + ": ")}{problem}.");

    private static string Names(IReadOnlyList<JsonField> fields) => string.Join(", ", fields.Select(f => f.Name));
}
