using Tulle.Protocol;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tracing;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Harness;

/// <summary>Reads the spans of a proxy as the control plane would.</summary>
internal sealed class SpanLists(Func<IEnumerable<LoopMetrics>> loops)
{
    private readonly List<ProxySpan> _spans = [];

    public SpanReporter Reporter { get; } = new(loops);

    /// <summary>Spans that reports said were dropped.</summary>
    public ulong Dropped { get; private set; }

    /// <summary>Waits until there are that many, and returns them all: a client may read a response before its span is there.</summary>
    public async Task<IReadOnlyList<ProxySpan>> ReadAsync(int count)
    {
        await Eventually.TrueAsync(
            () =>
            {
                Take();
                return _spans.Count >= count;
            },
            TimeSpan.FromMinutes(1), $"there are {count} spans", () => $"there are {_spans.Count}");
        Assert.Equal(count, _spans.Count);
        return _spans;
    }

    private void Take()
    {
        while (Reporter.Collect() is { } report)
        {
            SpanReport spans = SpanReport.Parser.ParseFrom(report);
            _spans.AddRange(spans.Spans);
            Dropped += spans.Dropped;
            Reporter.Commit();
        }
    }
}
