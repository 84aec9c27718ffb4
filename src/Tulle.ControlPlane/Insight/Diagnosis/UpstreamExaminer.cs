using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

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
        Upstream[] failing = [.. subject.Upstreams.Where(upstream => upstream.IsFailing).OrderByDescending(upstream => upstream.Failed)];
        string text = subject.Upstreams.Count == 0 ? $"called no service in the last {subject.Window}"
            : failing.Length > 0 ? $"calls {Words.List(failing.Select(upstream => Name(subject, upstream.Service)))}, where requests fail"
            : $"calls {Words.List(subject.Upstreams.Select(upstream => Name(subject, upstream.Service)))}; all well";
        return new Examination("upstreams", text, [.. failing.Take(Told).Select(upstream => Finding(subject, upstream))]);
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
        foreach (Upstream upstream in subject.Upstreams)
        {
            if (Delaying(subject, upstream.Service, milliseconds / Parts) is { } rule)
                return ($"the time is spent in a delay that {rule} injects on purpose into its calls of service {upstream.Service}", FaultFindings.Remedy);
        }
        Upstream[] slow = [.. subject.Upstreams.Where(upstream => P95(upstream) >= milliseconds / Parts).OrderByDescending(P95)];
        if (slow.Length == 0) return null;
        IReadOnlyList<ObjectKey> chain = UpstreamChain.Slow(subject, slow[0]);
        string behind = chain.Count > 1 ? $", and behind it for {Words.List(chain.Skip(1).Select(service => $"{service}"))}" : "";
        return ($"it waits for service {Words.List(slow.Select(upstream => $"{upstream.Service} (p95 {Words.Ms(P95(upstream))})"))}{behind}",
            $"look at {(chain.Count > 1 ? "the last one" : slow.Length == 1 ? "that one" : "the slowest")}: {Command(chain[^1])}");
    }

    private static double P95(Upstream upstream) => upstream.Sent.LatencyMs(0.95);

    private static string? Delaying(Subject subject, ObjectKey service, double milliseconds)
    {
        if (!subject.Snapshot.Services.TryGetValue(service, out Service? known)) return null;
        return known.Ports.SelectMany(port => subject.View.Destination(subject.Key.Namespace, "", $"{service.Name}.{service.Namespace}:{port.Port}").Routes)
            .Where(route => FaultFindings.DelayMs(route) >= milliseconds).Select(route => RouteExaminer.ObjectOf(route.Name)).FirstOrDefault();
    }

    private static Finding Finding(Subject subject, Upstream upstream)
    {
        // An application may do without what it cannot get.
        FindingLevel level = subject.Received.Success is { } own ? Words.LevelOf(own, subject.Received.Requests)
            : Words.LevelOf(1 - (double)upstream.Failed / Math.Max(1, upstream.Sent.Requests), upstream.Sent.Requests);
        bool copes = level == FindingLevel.Info;
        bool exists = subject.Snapshot.Services.ContainsKey(upstream.Service);
        IReadOnlyList<ObjectKey> chain = UpstreamChain.Failing(subject, upstream);
        return new Finding(
            Causes.UpstreamFailing, level, $"service {upstream.Service}",
            $"{Words.Number(upstream.Failed)} of {Words.Count(upstream.Sent.Requests, "request")} that {subject.Name} sent there failed in the last {subject.Window}{(exists ? "" : "; there is no such service")}{(copes ? "; its application copes with it" : "")}",
            exists ? $"look at {(chain.Count > 1 ? "the last one, where it begins" : "that one")}: {Command(chain[^1])}"
                : "correct the rule that leads there: 'tulle config --status warning' names it; or create the service")
        {
            Evidence = [.. Evidence(upstream, chain)],
        };
    }

    private static IEnumerable<string> Evidence(Upstream upstream, IReadOnlyList<ObjectKey> chain)
    {
        string[] own = [.. upstream.Sent.Errors.All.Select(error => error.Reason)];
        if (own.Length > 0) yield return $"{Words.List(own)} at its own sidecars";
        if (upstream.Refused is { } refused) yield return $"{refused} at the sidecars of service {upstream.Service}";
        if (chain.Count > 1) yield return $"most of them fail for what is called behind it: {string.Join(" → ", chain)}";
    }

    private static string Command(ObjectKey service) => $"tulle diagnose svc/{service.Name} -n {service.Namespace}";

    private static string Name(Subject subject, ObjectKey service) => service.Namespace == subject.Key.Namespace ? service.Name : $"{service}";
}
