using System.Text.Json;
using Google.Protobuf.Collections;
using Tulle.Protocol.Otlp;

namespace Tulle.ControlPlane.Insight.Traces;

/// <summary>How traces look in answers of the API; docs/reference/insight-api.md says what each field is.</summary>
internal static class TraceJson
{
    /// <summary>Deepest list in an attribute that is written; what is deeper is left out.</summary>
    private const int MaxDepth = 4;

    /// <summary>Writes what lists show of a trace into the object that is open.</summary>
    public static void WriteSummary(Utf8JsonWriter json, TraceTree trace)
    {
        TraceSpan root = trace.Root;
        json.WriteString("traceId", TraceSpan.Text(trace.Id));
        json.WriteString("namespace", root.Namespace);
        json.WriteString("service", root.Service);
        json.WriteString("name", root.Span.Name);
        json.WriteNumber("startMicros", trace.StartMicros);
        json.WriteNumber("durationMicros", trace.DurationMicros);
        if (root.Status > 0) json.WriteNumber("status", root.Status);
        else json.WriteNull("status");
        json.WriteBoolean("error", trace.Errors > 0);
    }

    /// <summary>Writes what follows: how complete it is, why it is here, and who took part.</summary>
    public static void WriteServices(Utf8JsonWriter json, TraceTree trace)
    {
        json.WriteNumber("errors", trace.Errors);
        json.WriteBoolean("complete", trace.IsComplete);
        json.WriteString("kept", trace.KeptFor.ToString().ToLowerInvariant());
        WriteFailed(json, trace.Failed);
        json.WriteStartArray("services");
        foreach (TracedService service in trace.Services)
        {
            json.WriteStartObject();
            json.WriteString("namespace", service.Namespace);
            json.WriteString("name", service.Name);
            json.WriteNumber("spans", service.Spans);
            json.WriteNumber("errors", service.Errors);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteFailed(Utf8JsonWriter json, TraceSpan? failed)
    {
        if (failed is null)
        {
            json.WriteNull("failed");
            return;
        }
        json.WriteStartObject("failed");
        json.WriteString("namespace", failed.Namespace);
        json.WriteString("service", failed.Service);
        json.WriteString("name", failed.Span.Name);
        if (failed.Status > 0) json.WriteNumber("status", failed.Status);
        else json.WriteNull("status");
        json.WriteString("message", failed.Span.Status?.Message ?? "");
        json.WriteEndObject();
    }

    public static void WriteSpans(Utf8JsonWriter json, TraceTree trace)
    {
        json.WriteStartArray("spans");
        foreach ((TraceSpan span, int depth) in trace.Spans)
        {
            json.WriteStartObject();
            Write(json, span, depth);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, TraceSpan span, int depth)
    {
        json.WriteString("spanId", TraceSpan.Text(span.SpanId));
        if (span.ParentId == 0) json.WriteNull("parentId");
        else json.WriteString("parentId", TraceSpan.Text(span.ParentId));
        json.WriteNumber("depth", depth);
        json.WriteString("kind", KindOf(span.Span.Kind));
        json.WriteString("source", span.Source.ToString().ToLowerInvariant());
        json.WriteString("namespace", span.Namespace);
        json.WriteString("service", span.Service);
        json.WriteString("workload", span.Workload);
        json.WriteString("pod", span.Pod);
        json.WriteString("name", span.Span.Name);
        json.WriteNumber("startMicros", span.StartMicros);
        json.WriteNumber("durationMicros", span.DurationMicros);
        json.WriteBoolean("error", span.IsError);
        json.WriteString("message", span.Span.Status?.Message ?? "");
        WriteAttributes(json, span.Span.Attributes);
        json.WriteStartArray("events");
        foreach (Span.Types.Event happened in span.Span.Events)
        {
            json.WriteStartObject();
            json.WriteNumber("timeMicros", happened.TimeUnixNano / 1_000);
            json.WriteString("name", happened.Name);
            WriteAttributes(json, happened.Attributes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteAttributes(Utf8JsonWriter json, RepeatedField<KeyValue> attributes)
    {
        json.WriteStartObject("attributes");
        // A name that comes twice would be no JSON; the first is what OpenTelemetry's SDKs keep.
        foreach (KeyValue attribute in attributes.DistinctBy(attribute => attribute.Key))
        {
            json.WritePropertyName(attribute.Key);
            Write(json, attribute.Value, MaxDepth);
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, AnyValue? value, int depth)
    {
        switch (value?.ValueCase)
        {
            case AnyValue.ValueOneofCase.StringValue:
                json.WriteStringValue(value.StringValue);
                break;
            case AnyValue.ValueOneofCase.BoolValue:
                json.WriteBooleanValue(value.BoolValue);
                break;
            case AnyValue.ValueOneofCase.IntValue:
                json.WriteNumberValue(value.IntValue);
                break;
            case AnyValue.ValueOneofCase.DoubleValue when double.IsFinite(value.DoubleValue):
                json.WriteNumberValue(value.DoubleValue);
                break;
            case AnyValue.ValueOneofCase.ArrayValue when depth > 0:
                json.WriteStartArray();
                foreach (AnyValue item in value.ArrayValue.Values) Write(json, item, depth - 1);
                json.WriteEndArray();
                break;
            case AnyValue.ValueOneofCase.KvlistValue when depth > 0:
                json.WriteStartObject();
                foreach (KeyValue item in value.KvlistValue.Values.DistinctBy(item => item.Key))
                {
                    json.WritePropertyName(item.Key);
                    Write(json, item.Value, depth - 1);
                }
                json.WriteEndObject();
                break;
            case AnyValue.ValueOneofCase.BytesValue:
                json.WriteBase64StringValue(value.BytesValue.Span);
                break;
            default:
                json.WriteStringValue("");
                break;
        }
    }

    private static string KindOf(Span.Types.SpanKind kind) => kind switch
    {
        Span.Types.SpanKind.Server => "server",
        Span.Types.SpanKind.Client => "client",
        Span.Types.SpanKind.Producer => "producer",
        Span.Types.SpanKind.Consumer => "consumer",
        _ => "internal",
    };
}
