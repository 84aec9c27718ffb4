using System.Collections.Concurrent;
using System.Text;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Telemetry;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Harness;

/// <summary>Keeps the access log in memory.</summary>
internal sealed class AccessLogLines : IAccessLogSink
{
    // One for each loop, and so for each proxy: a ring has one writer.
    private readonly ConcurrentQueue<LoopRing> _rings = new();
    private readonly StringBuilder _text = new();

    public LoopRing NewRing()
    {
        var ring = new LoopRing(AccessLogHub.RingCapacity);
        _rings.Enqueue(ring);
        return ring;
    }

    public void Wake()
    {
    }

    /// <summary>The lines, once there are as many as that.</summary>
    public async Task<string[]> ReadAsync(int count)
    {
        await Eventually.TrueAsync(() => Read().Length >= count, Eventually.Patience, $"the access log has {count} lines", () => _text.ToString());
        return Read();
    }

    private string[] Read()
    {
        foreach (LoopRing ring in _rings)
        {
            for (ReadOnlyMemory<byte> piece = ring.Peek(); !piece.IsEmpty; piece = ring.Peek())
            {
                _text.Append(Encoding.UTF8.GetString(piece.Span));
                ring.Take(piece.Length);
            }
        }
        return _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
