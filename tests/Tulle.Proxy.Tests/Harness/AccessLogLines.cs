using System.Text;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Telemetry;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Harness;

/// <summary>Keeps the access log in memory.</summary>
internal sealed class AccessLogLines : IAccessLogSink
{
    private readonly LoopRing _ring = new(AccessLogHub.RingCapacity);
    private readonly StringBuilder _text = new();

    public LoopRing NewRing() => _ring;

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
        for (ReadOnlyMemory<byte> piece = _ring.Peek(); !piece.IsEmpty; piece = _ring.Peek())
        {
            _text.Append(Encoding.UTF8.GetString(piece.Span));
            _ring.Take(piece.Length);
        }
        return _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
