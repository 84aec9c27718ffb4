using Tulle.ControlPlane.Insight.Endpoints;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Whether limits that somebody set keep requests away: circuit breakers and rates.</summary>
internal sealed class LimitExaminer : IExaminer
{
    private static readonly string[] Overflows = ["too-many-connections", "too-many-pending", "too-many-requests", "queue-timeout"];
    private const string RateLimited = "rate-limited";

    public Examination Examine(Subject subject)
    {
        ulong limited = subject.Sent.Errors.CountOf(RateLimited) + subject.Received.Errors.CountOf(RateLimited);
        string text = limited > 0 ? $"a rate limit refused {Words.Count(limited, "request")}"
            : subject.Endpoints.Limits.Count == 0 ? "none are set, or no client has used it"
            : Words.List(subject.Endpoints.Limits.Select(limits => Describe(limits.Report)).Where(line => line.Length > 0).DefaultIfEmpty("none are set"));
        return new Examination("limits", text, [.. Breaker(subject, subject.Sent, ofClients: true), .. Breaker(subject, subject.Received, ofClients: false), .. Rate(subject)]);
    }

    private static IEnumerable<Finding> Breaker(Subject subject, TrafficTotals side, bool ofClients)
    {
        ulong refused = subject.Explain(side, Overflows);
        if (refused == 0) yield break;
        BackendReport[] reports = [.. subject.Endpoints.Limits.Select(limits => limits.Report).Where(report => EndpointJoin.Refused(report) > 0)];
        List<string> evidence = [.. Overflows.Where(reason => side.Errors.CountOf(reason) > 0).Select(reason => $"{Words.Count(side.Errors.CountOf(reason), "request")} refused with {reason} in the last {subject.Window}")];
        evidence.AddRange(reports.Select(report => $"{report.Name}: {Describe(report)}").Distinct(StringComparer.Ordinal).Take(3));
        string who = ofClients ? Words.List(subject.Clients.Where(client => Overflows.Any(reason => client.Traffic.Errors.CountOf(reason) > 0)).Select(client => client.Pod.Workload))
            : "its own sidecars, towards the application";
        yield return new Finding(
            Causes.BreakerOpen, Words.LevelOf((double)refused / Math.Max(1, side.Requests)), subject.Name,
            $"the circuit breaker is open: {who} refused {Words.Number(refused)} of {Words.Count(Math.Max(refused, side.Requests), "request")} because connectionPool allows no more at one time",
            "if the application is slow, that is the cause to mend ('tulle stat' shows its latency); else raise the limit in the DestinationRule's trafficPolicy.connectionPool, or add replicas")
        {
            Evidence = evidence,
        };
    }

    private static IEnumerable<Finding> Rate(Subject subject)
    {
        ulong ofRoutes = subject.Explain(subject.Sent, RateLimited), refused = ofRoutes + subject.Explain(subject.Received, RateLimited);
        if (refused == 0) yield break;
        yield return new Finding(
            Causes.RateLimited, Words.LevelOf((double)refused / Math.Max(1, subject.Seen.Requests)), subject.Name,
            $"a rate limit refused {Words.Count(refused, "request")} in the last {subject.Window}",
            $"raise the limit ({(ofRoutes > 0 ? "annotation tulle.dev/rate-limit of the VirtualService or Service" : "HTTPLocalRateLimitPolicy")}), or have the client send less");
    }

    private static string Describe(BackendReport report) => string.Join(", ", new[]
    {
        Describe("maxConnections", report.Connections), Describe("http1MaxPendingRequests", report.Pending),
        Describe("http2MaxRequests", report.Requests), Describe("maxRetries", report.Retries),
    }.Where(text => text.Length > 0));

    private static string Describe(string name, LimitUse? use) => use is { Limit: > 0 } ? $"{name} {use.Limit} ({use.Used} in use, {use.Refused} refused)" : "";
}
