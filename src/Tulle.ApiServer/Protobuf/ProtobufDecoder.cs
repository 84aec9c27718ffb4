using System.Text.Json.Nodes;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Protobuf;

/// <summary>Reads objects in <c>application/vnd.kubernetes.protobuf</c>, as Go clients send those of the core groups.</summary>
internal static class ProtobufDecoder
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    // As deep as a CronJob's pod template, and then some.
    private const int MaxDepth = 24;

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <exception cref="ApiException">400: malformed; 415: an object or field that is not read in this form.</exception>
    public static JsonObject Decode(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith(Magic)) throw ApiErrors.BadRequest("the body of the request does not begin as a Kubernetes protobuf object does");
        try
        {
            (string apiVersion, string kind, ReadOnlySpan<byte> raw) = ReadEnvelope(body[Magic.Length..]);
            JsonObject value = ReadMessage(kind, raw, 0);
            value.Insert(0, "kind", kind);
            value.Insert(0, "apiVersion", apiVersion);
            return value;
        }
        catch (FormatException e)
        {
            throw ApiErrors.BadRequest($"the body of the request is not valid protobuf: {e.Message}");
        }
    }

    /// <summary>Reads the wrapper: type (1: apiVersion 1, kind 2), and the object itself (2).</summary>
    private static Envelope ReadEnvelope(ReadOnlySpan<byte> data)
    {
        string apiVersion = "", kind = "";
        ReadOnlySpan<byte> raw = default;
        var reader = new ProtobufReader(data);
        while (reader.Read())
        {
            if (reader.Field == 2) raw = reader.Bytes;
            if (reader.Field != 1) continue;
            var type = new ProtobufReader(reader.Bytes);
            while (type.Read())
            {
                if (type.Field == 1) apiVersion = type.Text;
                else if (type.Field == 2) kind = type.Text;
            }
        }
        return new Envelope(apiVersion, kind, raw);
    }

    private static JsonObject ReadMessage(string message, ReadOnlySpan<byte> data, int depth)
    {
        if (depth > MaxDepth) throw new FormatException("the object is nested too deeply");
        if (ProtobufMessages.Find(message) is not { } fields)
            throw ApiErrors.UnsupportedMediaType($"{MediaType} for {message}", "application/json, application/yaml");
        var value = new JsonObject();
        var reader = new ProtobufReader(data);
        while (reader.Read())
        {
            if (!fields.TryGetValue(reader.Field, out ProtobufField? field))
            {
                // Go writes fields that are not set as empty ones.
                if (reader.Bytes.IsEmpty && reader.Number == 0) continue;
                throw ApiErrors.UnsupportedMediaType($"{MediaType} with field {reader.Field} of {message}", "application/json, application/yaml");
            }
            ReadField(value, field, ref reader, depth);
        }
        return value;
    }

    private static void ReadField(JsonObject value, ProtobufField field, ref ProtobufReader reader, int depth)
    {
        switch (field.Kind)
        {
            case FieldKind.TextMap or FieldKind.BytesMap or FieldKind.QuantityMap:
                ReadEntry(value.Ensure(field.Name), field.Kind, reader.Bytes);
                return;
            // Go writes unset strings as empty ones, which its JSON leaves out.
            case FieldKind.Text when !field.Repeated && reader.Bytes.IsEmpty:
                return;
        }
        JsonNode? element = field.Kind switch
        {
            FieldKind.Text => reader.Text,
            FieldKind.Number => (long)reader.Number,
            FieldKind.Flag => reader.Number != 0,
            FieldKind.Time => ReadTime(reader.Bytes),
            FieldKind.IntegerOrText => ReadIntegerOrText(reader.Bytes),
            _ => ReadMessage(field.Message, reader.Bytes, depth + 1),
        };
        if (element is null) return;
        if (!field.Repeated)
        {
            value[field.Name] = element;
            return;
        }
        if (value[field.Name] is not JsonArray list) value[field.Name] = list = [];
        list.Add(element);
    }

    private static void ReadEntry(JsonObject map, FieldKind kind, ReadOnlySpan<byte> data)
    {
        string key = "";
        ReadOnlySpan<byte> content = default;
        var reader = new ProtobufReader(data);
        while (reader.Read())
        {
            if (reader.Field == 1) key = reader.Text;
            else if (reader.Field == 2) content = reader.Bytes;
        }
        map[key] = kind switch
        {
            FieldKind.BytesMap => Convert.ToBase64String(content),
            FieldKind.QuantityMap => FirstText(content),
            _ => System.Text.Encoding.UTF8.GetString(content),
        };
    }

    // A Quantity is a message of one text.
    private static string FirstText(ReadOnlySpan<byte> data)
    {
        var reader = new ProtobufReader(data);
        return reader.Read() ? reader.Text : "0";
    }

    /// <summary>Seconds (1) and nanoseconds (2); an empty message is no time.</summary>
    private static JsonNode? ReadTime(ReadOnlySpan<byte> data)
    {
        long seconds = 0;
        var reader = new ProtobufReader(data);
        while (reader.Read())
        {
            if (reader.Field == 1) seconds = (long)reader.Number;
        }
        // Go's zero time is long before 1970.
        return seconds is > 0 and < 253402300800 ? ObjectMeta.Timestamp(DateTimeOffset.FromUnixTimeSeconds(seconds)) : null;
    }

    /// <summary>Type (1: 0 for a number, 1 for text), number (2), text (3).</summary>
    private static JsonNode? ReadIntegerOrText(ReadOnlySpan<byte> data)
    {
        bool isText = false;
        long number = 0;
        string text = "";
        var reader = new ProtobufReader(data);
        while (reader.Read())
        {
            if (reader.Field == 1) isText = reader.Number == 1;
            else if (reader.Field == 2) number = (int)reader.Number;
            else if (reader.Field == 3) text = reader.Text;
        }
        return isText ? text : number == 0 ? null : number;
    }

    private readonly ref struct Envelope(string apiVersion, string kind, ReadOnlySpan<byte> raw)
    {
        private readonly ReadOnlySpan<byte> _raw = raw;

        public void Deconstruct(out string version, out string name, out ReadOnlySpan<byte> content)
        {
            version = apiVersion;
            name = kind;
            content = _raw;
        }
    }
}
