using Tulle.ControlPlane.Insight.History;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary><c>history</c>: the numbers of each step of a time.</summary>
internal sealed class HistoryHandler(IWorkloads workloads, RecordedTraffic traffic, HistoryStore? history, TimeProvider clock) : IInsightHandler
{
    /// <summary>Most histories in one answer.</summary>
    public const int MaxHistories = 50;

    public string Name => "history";

    public Task AnswerAsync(InsightRequest request)
    {
        if (!traffic.HasHistory) throw InsightException.NotFound("this control plane keeps no history; it was given no file for it");
        Selection target = request.RequireTarget();
        request.RefusePods();
        HistoryQuery time = HistoryQuery.Of(request.Context.Request.Query, clock.GetUtcNow().ToUnixTimeSeconds(), history is null ? null : history.StepFor);
        var pods = new PodIndex(workloads.Pods);
        var items = new List<(string, string, string, TrafficTotals[])>();
        foreach ((Selection row, string @namespace, string name) in StatReport.Rows(target, workloads))
        {
            items.Add((@namespace, row.Kind.ToString().ToLowerInvariant(), name, StepsOf(row, request, time, pods)));
            if (items.Count > MaxHistories) throw InsightException.BadRequest($"that is the history of more than {MaxHistories} things; name one, or a namespace");
        }
        long overflowed = history?.Overflowed ?? 0, complete = clock.GetUtcNow().ToUnixTimeSeconds() - traffic.Skew;
        return JsonAnswer.WriteAsync(request.Context, json =>
        {
            HistoryJson.Write(json, time, items);
            json.WriteNumber("completeUntil", complete);
            json.WriteNumber("overflowed", overflowed);
        });
    }

    private TrafficTotals[] StepsOf(Selection row, InsightRequest request, HistoryQuery time, PodIndex pods)
    {
        if (request.Parameter("route") is { Length: > 0 } route)
        {
            var sightings = new Sightings(pods.Pods, traffic, (int)Math.Clamp(clock.GetUtcNow().ToUnixTimeSeconds() - time.Start, 1, traffic.MaxWindow));
            var query = new TrafficQuery(row, null, 0, request.To, request.From);
            TrafficTotals[] steps = [.. Enumerable.Range(0, time.Count).Select(_ => new TrafficTotals())];
            foreach (double share in sightings.Shares)
            {
                TrafficTotals[] parts = traffic.Steps(
                    pods.Pods, (pod, series) => series.Route == route && sightings.ShareOf(pod, series) == share && RouteReport.Accepts(query, sightings, pod, series),
                    time.Start, time.Step, time.Count);
                for (int i = 0; i < steps.Length; i++) steps[i].Add(parts[i], share);
            }
            return steps;
        }
        (IEnumerable<WorkloadPod> reporters, Func<SeriesId, bool> filter) = StatReport.ScopeOf(new StatQuery(row, 0, request.To, request.From), row, pods);
        return traffic.Steps(reporters, (_, series) => filter(series), time.Start, time.Step, time.Count);
    }
}
