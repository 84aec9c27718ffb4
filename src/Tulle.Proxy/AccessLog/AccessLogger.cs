using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.AccessLog;

/// <summary>The access log of one event loop. Loop thread only.</summary>
/// <param name="sink">Where lines go; null: nowhere.</param>
internal sealed class AccessLogger(IAccessLogSink? sink, TimeProvider time)
{
    private LoopRing? _ring;

    /// <summary>Wall-clock time.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Writes a line.</summary>
    /// <param name="scratch">Where the line is composed; one that does not fit is lost.</param>
    public void Write(AccessLogModel format, in AccessLogEntry entry, Span<byte> scratch)
    {
        if (sink is null) return;
        int length = new AccessLogLine(scratch, format).Write(entry);
        if (length == 0) return;
        (_ring ??= sink.NewRing()).TryPut(scratch[..length]);
        sink.Wake();
    }
}
