using System.Text.Json;
using Tulle.ControlPlane.Insight.History;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary><c>stat</c>: golden metrics, a row for each thing of a kind.</summary>
internal sealed class StatHandler(IWorkloads workloads, RecordedTraffic traffic) : IInsightHandler
{
    public string Name => "stat";

    public bool ShowsTraffic => true;

    public Task AnswerAsync(InsightRequest request)
    {
        var query = new StatQuery(request.RequireTarget(), request.Window(traffic.MaxWindow), request.To, request.From);
        IReadOnlyList<StatRow> rows = StatReport.Of(query, workloads, traffic);
        return JsonAnswer.WriteAsync(request.Context, json => Write(json, rows));
    }

    /// <summary>Writes rows, whose latencies are given up then.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<StatRow> rows)
    {
        json.WriteStartArray("items");
        foreach (StatRow row in rows)
        {
            row.WriteTo(json);
            row.Traffic.Release();
        }
        json.WriteEndArray();
    }
}
