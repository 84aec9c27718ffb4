using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Tulle.Protocol.Otlp;

namespace Tulle.ControlPlane.Insight.Traces.Otlp;

/// <summary>
/// OTLP's own form of JSON: ids as hexadecimal digits where protobuf's mapping has base64, names of fields in camel case, 64-bit numbers
/// as text or numbers. What is not known is passed over.
/// </summary>
internal static class OtlpJson
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 32 };

    /// <exception cref="JsonException">It is no JSON, or a value is of the wrong type.</exception>
    public static ExportTraceServiceRequest Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, s_options);
            var request = new ExportTraceServiceRequest();
            AddAll(request.ResourceSpans, document.RootElement, "resourceSpans", ReadResourceSpans);
            return request;
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or OverflowException)
        {
            throw new JsonException(error.Message, error);
        }
    }

    public static byte[] Write(ExportTraceServiceResponse response)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            if (response.PartialSuccess is { } partial)
            {
                json.WriteStartObject("partialSuccess");
                json.WriteString("rejectedSpans", partial.RejectedSpans.ToString(CultureInfo.InvariantCulture));
                json.WriteString("errorMessage", partial.ErrorMessage);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return output.ToArray();
    }

    private static ResourceSpans ReadResourceSpans(JsonElement element)
    {
        var result = new ResourceSpans();
        if (element.TryGetProperty("resource", out JsonElement resource))
        {
            result.Resource = new Resource();
            AddAll(result.Resource.Attributes, resource, "attributes", ReadAttribute);
        }
        AddAll(result.ScopeSpans, element, "scopeSpans", ReadScopeSpans);
        return result;
    }

    private static ScopeSpans ReadScopeSpans(JsonElement element)
    {
        var result = new ScopeSpans();
        if (element.TryGetProperty("scope", out JsonElement scope))
            result.Scope = new InstrumentationScope { Name = Text(scope, "name"), Version = Text(scope, "version") };
        AddAll(result.Spans, element, "spans", ReadSpan);
        return result;
    }

    private static Span ReadSpan(JsonElement element)
    {
        var span = new Span
        {
            TraceId = Id(element, "traceId"),
            SpanId = Id(element, "spanId"),
            ParentSpanId = Id(element, "parentSpanId"),
            TraceState = Text(element, "traceState"),
            Name = Text(element, "name"),
            Kind = (Span.Types.SpanKind)Number(element, "kind"),
            StartTimeUnixNano = (ulong)Number(element, "startTimeUnixNano"),
            EndTimeUnixNano = (ulong)Number(element, "endTimeUnixNano"),
            Flags = (uint)Number(element, "flags"),
        };
        AddAll(span.Attributes, element, "attributes", ReadAttribute);
        AddAll(span.Events, element, "events", ReadEvent);
        if (element.TryGetProperty("status", out JsonElement status))
            span.Status = new Status { Code = (Status.Types.StatusCode)Number(status, "code"), Message = Text(status, "message") };
        return span;
    }

    private static Span.Types.Event ReadEvent(JsonElement element)
    {
        var result = new Span.Types.Event { TimeUnixNano = (ulong)Number(element, "timeUnixNano"), Name = Text(element, "name") };
        AddAll(result.Attributes, element, "attributes", ReadAttribute);
        return result;
    }

    private static KeyValue ReadAttribute(JsonElement element) => new()
    {
        Key = Text(element, "key"),
        Value = element.TryGetProperty("value", out JsonElement value) ? ReadValue(value) : new AnyValue(),
    };

    private static AnyValue ReadValue(JsonElement element)
    {
        var value = new AnyValue();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            switch (property.Name)
            {
                case "stringValue":
                    value.StringValue = property.Value.GetString() ?? "";
                    break;
                case "boolValue":
                    value.BoolValue = property.Value.GetBoolean();
                    break;
                case "intValue":
                    value.IntValue = Number(element, "intValue");
                    break;
                case "doubleValue":
                    value.DoubleValue = property.Value.GetDouble();
                    break;
                case "bytesValue":
                    value.BytesValue = ByteString.CopyFrom(property.Value.GetBytesFromBase64());
                    break;
                case "arrayValue":
                    value.ArrayValue = new ArrayValue();
                    AddAll(value.ArrayValue.Values, property.Value, "values", ReadValue);
                    break;
                case "kvlistValue":
                    value.KvlistValue = new KeyValueList();
                    AddAll(value.KvlistValue.Values, property.Value, "values", ReadAttribute);
                    break;
                default:
                    break;
            }
        }
        return value;
    }

    private static void AddAll<T>(RepeatedField<T> list, JsonElement element, string name, Func<JsonElement, T> read)
    {
        if (!element.TryGetProperty(name, out JsonElement items) || items.ValueKind == JsonValueKind.Null) return;
        foreach (JsonElement item in items.EnumerateArray()) list.Add(read(item));
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";

    private static ByteString Id(JsonElement element, string name) => ByteString.CopyFrom(Convert.FromHexString(Text(element, name)));

    private static long Number(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out JsonElement value)) return 0;
        return value.ValueKind == JsonValueKind.String ? long.Parse(value.GetString()!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : value.GetInt64();
    }
}
