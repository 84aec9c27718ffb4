namespace Tulle.ControlPlane.Insight.Traces;

/// <summary>A trace, put together from its spans in whatever order they came. Immutable.</summary>
internal sealed class TraceTree
{
    private TraceTree(IReadOnlyList<(TraceSpan Span, int Depth)> spans, bool complete)
    {
        (Spans, IsComplete) = (spans, complete);
        StartMicros = spans.Min(item => item.Span.StartMicros);
        DurationMicros = spans.Max(item => item.Span.StartMicros + item.Span.DurationMicros) - StartMicros;
        Services = [.. spans.GroupBy(item => (item.Span.Namespace, item.Span.Service))
            .Select(group => new TracedService(group.Key.Namespace, group.Key.Service, group.Count(), group.Count(item => item.Span.IsError)))];
    }

    /// <summary>Each behind its parent, siblings in the order they began.</summary>
    public IReadOnlyList<(TraceSpan Span, int Depth)> Spans { get; }

    /// <summary>The span without a parent is here, and the parents of all others.</summary>
    public bool IsComplete { get; }

    public long StartMicros { get; }

    /// <summary>From the first span's beginning to the last one's end.</summary>
    public long DurationMicros { get; }

    /// <summary>In the order in which the request met them.</summary>
    public IReadOnlyList<TracedService> Services { get; }

    /// <summary>The one without a parent, or else the earliest whose parent is not here.</summary>
    public TraceSpan Root => Spans[0].Span;

    public UInt128 Id => Root.TraceId;

    public int Errors => Spans.Count(item => item.Span.IsError);

    /// <summary>Where it began to fail: of the failed spans the one farthest from the root, which the others only hand on; null when none failed.</summary>
    public TraceSpan? Failed => Spans.Where(item => item.Span.IsError).OrderByDescending(item => item.Depth).Select(item => item.Span).FirstOrDefault();

    public KeptFor KeptFor => Spans.Min(item => item.Span.KeptFor);

    /// <param name="spans">At least one, all of one trace, each id once.</param>
    public static TraceTree Of(IReadOnlyList<TraceSpan> spans)
    {
        var known = spans.Select(span => span.SpanId).ToHashSet();
        ILookup<ulong, TraceSpan> children = spans.ToLookup(span => span.ParentId == span.SpanId ? 0 : span.ParentId);
        TraceSpan[] roots = [.. spans.Where(span => span.ParentId == 0 || span.ParentId == span.SpanId || !known.Contains(span.ParentId))
            .OrderBy(span => span.ParentId != 0).ThenBy(span => span.StartMicros)];
        var ordered = new List<(TraceSpan, int)>(spans.Count);
        var placed = new HashSet<ulong>();
        foreach (TraceSpan root in roots) Place(root, children, ordered, placed);
        // What is left are spans that say they are each other's parents.
        foreach (TraceSpan span in spans.OrderBy(span => span.StartMicros)) Place(span, children, ordered, placed);
        return new TraceTree(ordered, roots is [{ ParentId: 0 }] && placed.Count == spans.Count);
    }

    // With a stack of its own: a trace may be as deep as it has spans.
    private static void Place(TraceSpan root, ILookup<ulong, TraceSpan> children, List<(TraceSpan, int)> ordered, HashSet<ulong> placed)
    {
        var stack = new Stack<(TraceSpan Span, int Depth)>();
        stack.Push((root, 0));
        while (stack.TryPop(out (TraceSpan Span, int Depth) next))
        {
            if (!placed.Add(next.Span.SpanId)) continue;
            ordered.Add(next);
            foreach (TraceSpan child in children[next.Span.SpanId].OrderByDescending(span => span.StartMicros)) stack.Push((child, next.Depth + 1));
        }
    }
}

/// <summary>A service's part of a trace.</summary>
internal sealed record TracedService(string Namespace, string Name, int Spans, int Errors);
