using System.Globalization;
using System.Text.Json;
using Tulle.ControlPlane.Insight.Traces;
using Tulle.ControlPlane.Insight.Traces.Otlp;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary><c>traces</c>: those that are kept; <c>traces/{id}</c>: one with all its spans.</summary>
internal sealed class TracesHandler(TraceParts traces, TimeProvider clock) : IInsightHandler
{
    public string Name => "traces";

    public Task AnswerAsync(InsightRequest request)
    {
        if (request.ObjectName is not null) throw InsightException.NotFound("a trace has no parts; ask for traces/{id}");
        return request.Kind is { } id ? AnswerOneAsync(request, id) : AnswerListAsync(request);
    }

    private Task AnswerListAsync(InsightRequest request)
    {
        (IReadOnlyList<TraceTree> found, bool more) = traces.Store.Find(TraceParameters.Read(request, clock.GetUtcNow()));
        (long count, long spans, long bytes, long oldest) = traces.Store.Size();
        return JsonAnswer.WriteAsync(request.Context, json =>
        {
            json.WriteStartArray("items");
            foreach (TraceTree trace in found)
            {
                json.WriteStartObject();
                TraceJson.WriteSummary(json, trace);
                json.WriteNumber("spans", trace.Spans.Count);
                TraceJson.WriteServices(json, trace);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteBoolean("more", more);
            json.WriteStartObject("stored");
            json.WriteNumber("traces", count);
            json.WriteNumber("spans", spans);
            json.WriteNumber("bytes", bytes);
            json.WriteNumber("oldestMicros", oldest);
            json.WriteEndObject();
            json.WriteStartObject("dropped");
            json.WriteNumber("proxies", traces.Intake.DroppedByProxies);
            json.WriteNumber("queue", traces.Store.DroppedInQueue);
            json.WriteNumber("rules", traces.Intake.DroppedByRules);
            json.WriteNumber("store", traces.Store.DroppedInStore);
            json.WriteNumber("applications", traces.Applications.Rejected);
            json.WriteEndObject();
            WriteExports(json);
        });
    }

    private void WriteExports(Utf8JsonWriter json)
    {
        json.WriteStartArray("exports");
        foreach (ExportState state in traces.Exporters.Select(exporter => exporter.State))
        {
            json.WriteStartObject();
            json.WriteString("endpoint", state.Endpoint.ToString());
            json.WriteNumber("exported", state.Exported);
            json.WriteNumber("waiting", state.Waiting);
            json.WriteNumber("dropped", state.Dropped);
            json.WriteString("lastError", state.LastError);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private Task AnswerOneAsync(InsightRequest request, string id)
    {
        bool valid = UInt128.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 trace);
        if (!valid || id.Length is not (16 or 32)) throw InsightException.BadRequest($"\"{id}\" is no id of a trace: it has 32 hexadecimal digits, or 16");
        IReadOnlyList<TraceSpan> spans = traces.Store.Spans(trace);
        bool here = spans.Count > 0 && (request.Namespace is null || spans.Any(span => span.Namespace == request.Namespace));
        if (!here) throw InsightException.NotFound($"nothing is known of the trace {id}: it was not recorded, or has given way to newer ones");
        var tree = TraceTree.Of(spans);
        return JsonAnswer.WriteAsync(request.Context, json =>
        {
            TraceJson.WriteSummary(json, tree);
            TraceJson.WriteServices(json, tree);
            TraceJson.WriteSpans(json, tree);
        });
    }
}
