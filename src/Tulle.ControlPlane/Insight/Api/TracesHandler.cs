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
        TraceTree tree = Find(id, request.Namespace)
            ?? throw InsightException.NotFound($"nothing is known of the trace {id}: it was not recorded, or has given way to newer ones");
        return JsonAnswer.WriteAsync(request.Context, json =>
        {
            TraceJson.WriteSummary(json, tree);
            TraceJson.WriteServices(json, tree);
            TraceJson.WriteSpans(json, tree);
        });
    }

    /// <summary>
    /// A trace by what logs have: its own id, a <c>traceparent</c>, or the <c>x-request-id</c> of one of its requests, which has the digits of the
    /// trace's id where a proxy began both.
    /// </summary>
    private TraceTree? Find(string id, string? @namespace)
    {
        // The one escape that a server leaves in a path.
        id = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        string digits = Guid.TryParseExact(id, "D", out Guid uuid) ? uuid.ToString("N") : id.Split('-') is [{ Length: 2 }, { Length: 32 } within, _, _] ? within : id;
        if (digits.Length is 16 or 32 && UInt128.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 trace)
            && traces.Store.Spans(trace) is { Count: > 0 } spans && (@namespace is null || spans.Any(span => span.Namespace == @namespace)))
            return TraceTree.Of(spans);
        var query = new TraceQuery { Namespace = @namespace ?? "", Tags = [(ProxySpans.RequestId, id)], Limit = 1 };
        return traces.Store.Find(query).Traces.FirstOrDefault();
    }
}
