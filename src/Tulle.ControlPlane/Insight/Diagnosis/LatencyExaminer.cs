namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Whether the service is slow, and on which side the time goes.</summary>
internal sealed class LatencyExaminer : IExaminer
{
    /// <summary>A 95th percentile from which a service is called slow, unless it always is; ms.</summary>
    private const double SlowMs = 1_000;

    /// <summary>Much slower than in the hour before; and at least this slow, ms.</summary>
    private const double Slower = 4, NoticeableMs = 100;

    private static readonly string[] Timeouts = ["route-timeout", "per-try-timeout", "response-timeout", "upstream-timeout", "stream-idle"];

    public Examination Examine(Subject subject)
    {
        string text = subject.Seen.Requests == 0 ? "no requests" : $"p50 {Words.Ms(subject.Seen.LatencyMs(0.5))}, p95 {Words.Ms(subject.Seen.LatencyMs(0.95))}, p99 {Words.Ms(subject.Seen.LatencyMs(0.99))}";
        return new Examination("latency", text, [.. Find(subject)]);
    }

    private static IEnumerable<Finding> Find(Subject subject)
    {
        ulong timeouts = subject.Explain(subject.Sent, Timeouts) + subject.Explain(subject.Received, Timeouts);
        TrafficTotals seen = subject.Seen;
        double p95 = seen.Requests > 0 ? seen.LatencyMs(0.95) : 0;
        TrafficTotals before = subject.HourBefore;
        bool slower = before.Requests >= 20 && p95 >= Slower * before.LatencyMs(0.95) && p95 >= NoticeableMs;
        bool usual = before.Requests >= 20 && before.LatencyMs(0.95) >= p95 / 2;
        if (timeouts == 0 && !slower && (p95 < SlowMs || usual)) yield break;

        List<string> evidence = [];
        if (timeouts > 0) evidence.Add($"{Words.Count(timeouts, "request")} of {Words.Number(Math.Max(timeouts, seen.Requests))} were given up after a timeout in the last {subject.Window}");
        if (subject.Received.Requests > 0) evidence.Add($"measured at the server: p50 {Words.Ms(subject.Received.LatencyMs(0.5))}, p95 {Words.Ms(subject.Received.LatencyMs(0.95))}");
        if (subject.Sent.Requests > 0) evidence.Add($"measured at its clients: p50 {Words.Ms(subject.Sent.LatencyMs(0.5))}, p95 {Words.Ms(subject.Sent.LatencyMs(0.95))}");
        if (before.Requests > 0) evidence.Add($"in the hour before: p95 {Words.Ms(before.LatencyMs(0.95))}");
        // A request that timed out at its client may still be under way at the server, where only its end is counted.
        bool inApplication = subject.Received.Requests == 0 || subject.Received.LatencyMs(0.95) >= subject.Sent.LatencyMs(0.95) / 2 || timeouts > 0;
        (string Where, string Remedy)? upstream = UpstreamExaminer.Delayed(subject, p95) ?? (inApplication ? UpstreamExaminer.Slowing(subject, p95) : null);
        string where = upstream?.Where ?? (inApplication ? "the time is spent in the application" : "the time is spent between the client and the server, or waiting for a connection");
        yield return new Finding(
            Causes.SlowUpstream, timeouts > 0 ? Words.LevelOf((double)timeouts / Math.Max(1, seen.Requests)) : FindingLevel.Warning, subject.Name,
            timeouts > 0 ? $"the service is slower than its timeouts allow: {where}" : $"the service is slow (p95 {Words.Ms(p95)}): {where}",
            upstream?.Remedy ?? (inApplication
                ? "see what the application waits for (its own upstreams: 'tulle edges', 'tulle diagnose' for each; its CPU; its database); add replicas, or raise the route's timeout if this is how long it takes"
                : "see whether connectionPool limits are too small, and whether the machines or the network between them are busy"))
        {
            Evidence = evidence,
        };
    }
}
