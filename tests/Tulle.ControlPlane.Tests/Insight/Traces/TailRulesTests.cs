using Tulle.ControlPlane.Insight.Traces;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;
using static Tulle.ControlPlane.Tests.Insight.SpanSamples;

namespace Tulle.ControlPlane.Tests.Insight.Traces;

public sealed class TailRulesTests
{
    private readonly StepClock _clock = new();
    private readonly TailRules _rules;

    public TailRulesTests() => _rules = new TailRules(_clock);

    [Fact]
    public void Recorded_AreAllKept() => Assert.All(Enumerable.Range(0, 1_000), i => Assert.True(_rules.Keeps(Kept(Span(1, 0, Direction.Outbound, i)))));

    [Fact]
    public void Failures_AFewOfEachServiceAndReasonAreKept()
    {
        Assert.Equal(10, Enumerable.Range(0, 1_000).Count(i => _rules.Keeps(Failed(i, "web"))));
        Assert.Equal(10, Enumerable.Range(2_000, 1_000).Count(i => _rules.Keeps(Failed(i, "users"))));
        Assert.Equal(10, Enumerable.Range(4_000, 1_000).Count(i => _rules.Keeps(Failed(i, "web", slow: true))));
        _clock.Now += TimeSpan.FromSeconds(3);
        Assert.Equal(3, Enumerable.Range(6_000, 1_000).Count(i => _rules.Keeps(Failed(i, "web"))));
    }

    [Fact]
    public void Decision_HoldsForLaterSpansOfTheTrace()
    {
        bool[] first = [.. Enumerable.Range(0, 50).Select(i => _rules.Keeps(Failed(i, "web")))];
        _clock.Now += TimeSpan.FromSeconds(50);
        bool[] later = [.. Enumerable.Range(0, 50).Select(i => _rules.Keeps(Failed(i, "users")))];
        Assert.Equal(first, later);
        _clock.Now += TimeSpan.FromSeconds(50);
        Assert.Equal(first, Enumerable.Range(0, 50).Select(i => _rules.Keeps(Failed(i, "orders"))));
    }

    /// <summary>However many traces and services there are, what is remembered of them stays bounded.</summary>
    [Fact]
    public void Flood_OfTracesAndServices_LeavesMemoryFlat()
    {
        for (int i = 0; i < 10_000; i++) _rules.Keeps(Failed(i, $"service-{i % 3_000}"));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 10_000; i < 300_000; i++) _rules.Keeps(Failed(i, $"service-{i % 20_000}"));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 * 1024 * 1024);
    }

    private static TraceSpan Failed(int trace, string service, bool slow = false)
    {
        ProxySpan span = Span(1, 0, Direction.Outbound, trace);
        (span.Sampled, span.Failed, span.Slow, span.Status) = (false, !slow, slow, 500);
        return Kept(span, service);
    }
}
