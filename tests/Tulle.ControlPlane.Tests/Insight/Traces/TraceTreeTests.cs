using CsCheck;
using Tulle.ControlPlane.Insight.Traces;
using Tulle.Protocol;
using static Tulle.ControlPlane.Tests.Insight.SpanSamples;

namespace Tulle.ControlPlane.Tests.Insight.Traces;

public sealed class TraceTreeTests
{
    // 1 → (2 → 3, 4 → 5 → 6); ids are also the order of their beginnings.
    private static readonly ulong[] s_parents = [0, 0, 1, 2, 1, 4, 5];

    [Fact]
    public void Of_SpansInAnyOrder_IsTheSameTree() => Gen.Shuffle(new ulong[] { 1, 2, 3, 4, 5, 6 }).Sample(order =>
    {
        TraceTree tree = TraceTree.Of([.. order.Select(id => Kept(At(id, s_parents[id])))]);
        Assert.Equal([(1ul, 0), (2ul, 1), (3ul, 2), (4ul, 1), (5ul, 2), (6ul, 3)], tree.Spans.Select(item => (item.Span.SpanId, item.Depth)));
        Assert.True(tree.IsComplete);
        Assert.Equal(1_005, tree.DurationMicros);
    });

    [Fact]
    public void Of_AnySubsetOfSpans_HasThemAllOnce() => Gen.Select(Gen.ULong[1, 30], Gen.ULong[0, 30]).Array[1, 30].Sample(pairs =>
    {
        TraceSpan[] spans = [.. pairs.DistinctBy(pair => pair.Item1).Select(pair => Kept(At(pair.Item1, pair.Item2)))];
        TraceTree tree = TraceTree.Of(spans);
        Assert.Equal(spans.Select(span => span.SpanId).Order(), tree.Spans.Select(item => item.Span.SpanId).Order());
        Assert.Equal(0, tree.Spans[0].Depth);
    });

    [Fact]
    public void Of_WithoutItsRoot_BeginsWithTheEarliestAndIsNotComplete()
    {
        TraceTree tree = TraceTree.Of([Kept(At(6, 5)), Kept(At(4, 1), "users"), Kept(At(5, 4))]);
        Assert.Equal((4ul, "users", false), (tree.Root.SpanId, tree.Root.Service, tree.IsComplete));
        Assert.Equal(["users", "web"], tree.Services.Select(service => service.Name));
    }

    [Fact]
    public void Failed_IsTheSpanFromWhichTheOthersHaveIt()
    {
        ProxySpan[] spans = [At(1, 0), At(2, 1), At(3, 2), At(4, 1)];
        TraceSpan[] kept = [.. spans.Select((span, i) => Kept(span, $"service-{i}"))];
        Assert.Null(TraceTree.Of(kept).Failed);
        foreach (int i in (int[])[0, 1, 2]) kept[i].Span.Status = new Protocol.Otlp.Status { Code = Protocol.Otlp.Status.Types.StatusCode.Error };
        Assert.Equal("service-2", TraceTree.Of(kept).Failed!.Service);
    }

    [Fact]
    public void Of_AChainOfThousands_DoesNotOverflow()
    {
        TraceTree tree = TraceTree.Of([.. Enumerable.Range(1, 20_000).Select(i => Kept(At((ulong)i, (ulong)i - 1)))]);
        Assert.Equal(19_999, tree.Spans[^1].Depth);
    }

    private static ProxySpan At(ulong id, ulong parent)
    {
        ProxySpan span = Span(id, parent, Direction.Outbound);
        span.StartMicros = 1_700_000_000_000_000 + id;
        return span;
    }
}
