using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Whether what the service calls itself works: a failure travels against the direction of calls.</summary>
internal sealed class UpstreamExaminer : IExaminer
{
    /// <summary>Most that are told one by one: those where most requests fail.</summary>
    private const int Told = 3;

    /// <summary>What takes this part of a time is worth a look.</summary>
    private const int Parts = 4;

    public Examination Examine(Subject subject)
    {
        (ObjectKey Service, TrafficTotals Traffic)[] failing = [.. subject.Upstreams.Where(upstream => IsFailing(upstream.Traffic))];
        string text = subject.Upstreams.Count == 0 ? $"called no service in the last {subject.Window}"
            : failing.Length > 0 ? $"calls {Words.List(failing.Select(upstream => Name(subject, upstream.Service)))}, where requests fail"
            : $"calls {Words.List(subject.Upstreams.Select(upstream => Name(subject, upstream.Service)))}; all well";
        return new Examination("upstreams", text, [.. failing.OrderByDescending(upstream => upstream.Traffic.Requests - upstream.Traffic.Successes).Take(Told).Select(upstream => Finding(subject, upstream.Service, upstream.Traffic))]);
    }

    /// <summary>A delay that is injected before the service itself gets a request, and makes most of a time; null: none.</summary>
    /// <param name="subject">The service that is slow.</param>
    /// <param name="milliseconds">How slow it is.</param>
    public static (string Where, string Remedy)? Delayed(Subject subject, double milliseconds) => Delaying(subject, subject.Key, milliseconds / 2) is { } rule
        ? ($"the time is spent in a delay that {rule} injects on purpose", FaultFindings.Remedy) : null;

    /// <summary>What keeps its requests waiting for a good part of a time; null where nothing that it calls does.</summary>
    /// <param name="subject">The service that is slow.</param>
    /// <param name="milliseconds">How slow it is. It may wait for several services one after the other.</param>
    public static (string Where, string Remedy)? Slowing(Subject subject, double milliseconds)
    {
        foreach ((ObjectKey service, _) in subject.Upstreams)
        {
            if (Delaying(subject, service, milliseconds / Parts) is { } rule)
                return ($"the time is spent in a delay that {rule} injects on purpose into its calls of service {service}", FaultFindings.Remedy);
        }
        (ObjectKey Service, TrafficTotals Traffic)[] slow = [.. subject.Upstreams.Where(upstream => upstream.Traffic.LatencyMs(0.95) >= milliseconds / Parts).OrderByDescending(upstream => upstream.Traffic.LatencyMs(0.95))];
        if (slow.Length == 0) return null;
        ObjectKey slowest = slow[0].Service;
        return ($"it waits for service {Words.List(slow.Select(upstream => $"{upstream.Service} (p95 {Words.Ms(upstream.Traffic.LatencyMs(0.95))})"))}",
            $"look at {(slow.Length == 1 ? "that one" : "the slowest")}: tulle diagnose svc/{slowest.Name} -n {slowest.Namespace}");
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
        bool exists = subject.Snapshot.Services.ContainsKey(service);
        return new Finding(
            Causes.UpstreamFailing, level, $"service {service}",
            $"{Words.Number(failed)} of {Words.Count(traffic.Requests, "request")} that {subject.Name} sent there failed in the last {subject.Window}{(exists ? "" : "; there is no such service")}{(copes ? "; its application copes with it" : "")}",
            exists ? $"look at that one: tulle diagnose svc/{service.Name} -n {service.Namespace}" : "correct the rule that leads there: 'tulle config --status warning' names it; or create the service")
        {
            Evidence = reasons.Length > 0 ? [$"{Words.List(reasons.Select(error => error.Reason))} at its own sidecars"] : [],
        };
    }

    private static string Name(Subject subject, ObjectKey service) => service.Namespace == subject.Key.Namespace ? service.Name : $"{service}";
}
