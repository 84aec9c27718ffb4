using System.Text.Json;
using Tulle.ControlPlane.Insight.History;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary><c>edges</c>: who calls whom.</summary>
internal sealed class EdgesHandler(IWorkloads workloads, RecordedTraffic traffic) : IInsightHandler
{
    public string Name => "edges";

    public bool ShowsTraffic => true;

    public Task AnswerAsync(InsightRequest request)
    {
        IReadOnlyList<EdgeRow> edges = EdgeReport.Of(request.TrafficQuery(workloads, traffic), workloads.Pods, traffic);
        return JsonAnswer.WriteAsync(request.Context, json => Write(json, edges));
    }

    /// <summary>Writes rows, whose latencies are given up then.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<EdgeRow> edges)
    {
        TrafficLists.Write(json, edges);
        foreach (EdgeRow edge in edges) edge.Traffic.Release();
    }
}

/// <summary><c>calls</c>: what workloads ask of services, and whether they get it.</summary>
internal sealed class CallsHandler(IWorkloads workloads, RecordedTraffic traffic) : IInsightHandler
{
    public string Name => "calls";

    public bool ShowsTraffic => true;

    public Task AnswerAsync(InsightRequest request)
    {
        HealthState? health = request.Parameter("health") switch
        {
            "" => null,
            "healthy" => HealthState.Healthy,
            "degraded" => HealthState.Degraded,
            "failing" => HealthState.Failing,
            var other => throw InsightException.BadRequest($"health \"{other}\" is none of healthy, degraded and failing"),
        };
        IReadOnlyList<CallRow> calls = CallReport.Of(request.TrafficQuery(workloads, traffic), health, workloads.Pods, traffic);
        return JsonAnswer.WriteAsync(request.Context, json =>
        {
            TrafficLists.Write(json, calls);
            foreach (CallRow call in calls) call.Traffic.Release();
        });
    }
}

/// <summary><c>routes</c>: what is asked of each service.</summary>
internal sealed class RoutesHandler(IWorkloads workloads, RecordedTraffic traffic) : IInsightHandler
{
    public string Name => "routes";

    public bool ShowsTraffic => true;

    public Task AnswerAsync(InsightRequest request)
    {
        IReadOnlyList<RouteRow> routes = RouteReport.Of(request.TrafficQuery(workloads, traffic), workloads.Pods, traffic);
        return JsonAnswer.WriteAsync(request.Context, json =>
        {
            TrafficLists.Write(json, routes);
            foreach (RouteRow route in routes) route.Traffic.Release();
        });
    }
}

file static class TrafficQuestions
{
    /// <exception cref="InsightException">It is about something that does not exist.</exception>
    public static TrafficQuery TrafficQuery(this InsightRequest request, IWorkloads workloads, RecordedTraffic traffic)
    {
        Selection? target = request.Target;
        if (target is not null && !MissingTarget.Exists(target, workloads)) throw MissingTarget.Of(target, workloads);
        return new TrafficQuery(target, request.Namespace, request.Window(traffic.MaxWindow), request.To, request.From);
    }
}
