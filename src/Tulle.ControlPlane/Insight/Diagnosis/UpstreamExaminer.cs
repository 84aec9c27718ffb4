using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Whether what the service calls itself works: a failure travels against the direction of calls.</summary>
internal sealed class UpstreamExaminer : IExaminer
{
    public Examination Examine(Subject subject)
    {
        (ObjectKey Service, TrafficTotals Traffic)[] failing = [.. subject.Upstreams.Where(upstream => IsFailing(upstream.Traffic))];
        string text = subject.Upstreams.Count == 0 ? $"called no service in the last {subject.Window}"
            : failing.Length > 0 ? $"calls {Words.List(failing.Select(upstream => Name(subject, upstream.Service)))}, where requests fail"
            : $"calls {Words.List(subject.Upstreams.Select(upstream => Name(subject, upstream.Service)))}; all well";
        return new Examination("upstreams", text, [.. failing.Select(upstream => Finding(subject, upstream.Service, upstream.Traffic))]);
    }

    /// <summary>What keeps its requests waiting for at least half of a time; null where nothing that it calls does.</summary>
    /// <param name="subject">The service that is slow.</param>
    /// <param name="milliseconds">How slow it is.</param>
    public static (string Where, string Remedy)? Slowing(Subject subject, double milliseconds)
    {
        foreach ((ObjectKey service, _) in subject.Upstreams)
        {
            if (Delaying(subject, service, milliseconds / 2) is { } rule)
                return ($"the time is spent in a delay that {rule} injects on purpose into its calls of service {service}", "remove 'fault' from the VirtualService when the experiment is over");
        }
        (ObjectKey Service, TrafficTotals Traffic)? slowest = subject.Upstreams.Count == 0 ? null : subject.Upstreams.MaxBy(upstream => upstream.Traffic.LatencyMs(0.95));
        return slowest is { } upstream && upstream.Traffic.LatencyMs(0.95) >= milliseconds / 2
            ? ($"it waits for service {upstream.Service} (p95 {Words.Ms(upstream.Traffic.LatencyMs(0.95))})", $"look at that one: tulle diagnose svc/{upstream.Service.Name} -n {upstream.Service.Namespace}")
            : null;
    }

    private static string? Delaying(Subject subject, ObjectKey service, double milliseconds)
    {
        if (!subject.Snapshot.Services.TryGetValue(service, out Service? known)) return null;
        return known.Ports.SelectMany(port => subject.View.Destination(subject.Key.Namespace, "", $"{service.Name}.{service.Namespace}:{port.Port}").Routes)
            .Where(route => FaultFindings.DelayMs(route) >= milliseconds).Select(route => RouteExaminer.ObjectOf(route.Name)).FirstOrDefault();
    }

    private static bool IsFailing(TrafficTotals traffic) =>
        traffic.Success is { } success && SuccessHealth.Of(success, traffic.Requests) == HealthState.Failing;

    private static Finding Finding(Subject subject, ObjectKey service, TrafficTotals traffic)
    {
        // An application may do without what it cannot get.
        FindingLevel level = subject.Received.Success is { } own ? Words.LevelOf(own, subject.Received.Requests) : FindingLevel.Info;
        bool copes = level == FindingLevel.Info;
        ulong failed = traffic.Requests - Math.Min(traffic.Requests, traffic.Successes);
        (string Reason, ErrorSide Side, ulong Count)[] reasons = [.. traffic.Errors.All];
        return new Finding(
            Causes.UpstreamFailing, level, $"service {service}",
            $"{Words.Number(failed)} of {Words.Count(traffic.Requests, "request")} that {subject.Name} sent there failed in the last {subject.Window}{(copes ? "; its application copes with it" : "")}",
            $"look at that one: tulle diagnose svc/{service.Name} -n {service.Namespace}")
        {
            Evidence = reasons.Length > 0 ? [$"{Words.List(reasons.Select(error => error.Reason))} at its own sidecars"] : [],
        };
    }

    private static string Name(Subject subject, ObjectKey service) => service.Namespace == subject.Key.Namespace ? service.Name : $"{service}";
}
