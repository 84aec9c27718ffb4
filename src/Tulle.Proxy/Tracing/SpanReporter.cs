using Google.Protobuf;
using Tulle.Protocol;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tracing;

/// <summary>
/// Gathers the spans of every event loop into reports. What was taken stays until <see cref="Commit"/>, so a stream that breaks loses
/// nothing but what does not fit meanwhile.
/// </summary>
/// <param name="loops">The counters of the loops.</param>
internal sealed class SpanReporter(Func<IEnumerable<LoopMetrics>> loops) : ISpanSink
{
    /// <summary>Per loop, 512 KB: a second of spans at their highest rate. As large as a report gets, too.</summary>
    public const int RingCapacity = 512 * 1024;

    private readonly Lock _lock = new();
    private volatile LoopRing[] _rings = [];
    private long _droppedReported;
    private long _droppedTaken;
    private ByteString? _pending;
    private int _next;

    /// <summary>Spans that found the buffer full. Any thread.</summary>
    public long Dropped => _rings.Sum(ring => ring.Dropped);

    /// <inheritdoc/>
    public LoopRing NewRing()
    {
        var ring = new LoopRing(RingCapacity);
        lock (_lock) _rings = [.. _rings, ring];
        return ring;
    }

    /// <summary>The next report, as <see cref="ProxyReport.Spans"/>; null when nothing waits. The insight task's own.</summary>
    public ByteString? Collect()
    {
        if (_pending is not null) return _pending;
        LoopRing[] rings = _rings;
        for (int i = 0; i < rings.Length && _pending is null; i++) _pending = Take(rings[_next++ % rings.Length]);
        return _pending;
    }

    /// <summary>The last report is on its way.</summary>
    public void Commit()
    {
        _pending = null;
        _droppedReported = _droppedTaken;
    }

    private ByteString? Take(LoopRing ring)
    {
        long waiting = ring.Waiting;
        if (waiting == 0) return null;
        using var report = new MemoryStream((int)waiting + 16);
        while (report.Length < waiting)
        {
            ReadOnlyMemory<byte> piece = ring.Peek();
            piece = piece[..(int)Math.Min(piece.Length, waiting - report.Length)];
            report.Write(piece.Span);
            ring.Take(piece.Length);
        }
        _droppedTaken = Dropped + loops().Sum(loop => Volatile.Read(ref loop.SpansLimited));
        if (_droppedTaken > _droppedReported)
        {
            using var output = new CodedOutputStream(report, leaveOpen: true);
            output.WriteTag(SpanReport.DroppedFieldNumber, WireFormat.WireType.Varint);
            output.WriteUInt64((ulong)(_droppedTaken - _droppedReported));
        }
        return ByteString.CopyFrom(report.GetBuffer(), 0, (int)report.Length);
    }
}
