using Tulle.ControlPlane.Registry;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>
/// Where it begins: from a service that is called to what that calls, as long as one of these explains most of it. Whoever is woken by
/// the front end should not have to ask every service between it and the cause.
/// </summary>
internal static class UpstreamChain
{
    /// <summary>Longer than requests go; a bound for what every step costs.</summary>
    private const int MaxLength = 8;

    /// <summary>From the service whose failures are to be explained to the one where most of them begin.</summary>
    public static IReadOnlyList<ObjectKey> Failing(Subject subject, Upstream first) =>
        Follow(subject, first, (behind, before) => behind.IsFailing && 2 * behind.Failed >= before.Failed, upstream => upstream.Failed);

    /// <summary>From the service that is waited for to the one that takes most of the time.</summary>
    public static IReadOnlyList<ObjectKey> Slow(Subject subject, Upstream first) =>
        Follow(subject, first, (behind, before) => 2 * behind.Sent.LatencyMs(0.95) >= before.Sent.LatencyMs(0.95), upstream => upstream.Sent.LatencyMs(0.95));

    private static IReadOnlyList<ObjectKey> Follow(Subject subject, Upstream first, Func<Upstream, Upstream, bool> explains, Func<Upstream, double> much)
    {
        var chain = new List<ObjectKey> { first.Service };
        for (Upstream? last = first; last is not null && chain.Count < MaxLength;)
        {
            Upstream before = last;
            last = subject.UpstreamsOf(before.Service).Where(behind => explains(behind, before) && behind.Service != subject.Key && !chain.Contains(behind.Service)).MaxBy(much);
            if (last is not null) chain.Add(last.Service);
        }
        return chain;
    }
}
