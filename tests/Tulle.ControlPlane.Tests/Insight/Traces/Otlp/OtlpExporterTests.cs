using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Insight.Traces.Otlp;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;
using Tulle.Protocol.Otlp;
using Tulle.Testing;
using static Tulle.ControlPlane.Tests.Insight.SpanSamples;

namespace Tulle.ControlPlane.Tests.Insight.Traces.Otlp;

/// <summary>Queue, batches and retries, against a collector that the test plays.</summary>
public sealed class OtlpExporterTests : IAsyncDisposable
{
    private readonly TimerClock _clock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ExportTraceServiceRequest> _sent = [];
    private readonly OtlpExporter _exporter;
    private Func<ExportResult> _answer = () => new ExportResult(true, false, TimeSpan.Zero, 0, "");
    private Task _running = Task.CompletedTask;

    public OtlpExporterTests() => _exporter = new OtlpExporter(
        OtlpTarget.Parse("grpc://collector").Target!,
        (request, _) =>
        {
            lock (_sent) _sent.Add(request);
            return Task.FromResult(_answer());
        },
        _clock, () => 0.5, NullLogger.Instance);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    [Fact]
    public async Task Spans_OfAMoment_GoTogetherByWhoMadeThem()
    {
        for (int i = 0; i < 600; i++) _exporter.Export(Kept(Span((ulong)i + 1, 0, Direction.Outbound, i), i % 2 == 0 ? "web" : "users"));
        Start();
        await SentAsync(2);
        Assert.Equal([512, 88], _sent.Select(request => request.ResourceSpans.Sum(group => group.ScopeSpans.Sum(scope => scope.Spans.Count))));
        Assert.Equal(["web", "users"], _sent[0].ResourceSpans.Select(group => group.Resource.Attributes.Single(a => a.Key == "service.name").Value.StringValue));
        Assert.Equal((600, 0, 0, ""), (_exporter.State.Exported, _exporter.State.Dropped, _exporter.State.Waiting, _exporter.State.LastError));
    }

    [Fact]
    public async Task Outage_IsRetriedWithGrowingPauses_AndThenGoesOn()
    {
        var errors = new List<string>();
        _answer = () =>
        {
            errors.Add(_exporter.State.LastError);
            return _sent.Count < 6 ? new ExportResult(false, true, TimeSpan.Zero, 0, "Unavailable: down") : new ExportResult(true, false, TimeSpan.Zero, 0, "");
        };
        Start();
        _exporter.Export(Kept(Span(1, 0, Direction.Outbound)));
        await Eventually.TrueAsync(() => _exporter.State.Exported == 1, TestMesh.Patience, "the span arrives in the end");
        // One second of gathering, then pauses that grow by half; the jitter is in its middle.
        Assert.Equal([1_000, 5_000, 7_500, 11_250, 16_875, 25_312], _clock.Waits.Select(wait => (int)wait.TotalMilliseconds));
        Assert.Equal(["", .. Enumerable.Repeat("Unavailable: down", 5)], errors);
        Assert.Equal((0, ""), (_exporter.State.Dropped, _exporter.State.LastError));
    }

    [Fact]
    public async Task Outage_LongerThanFiveMinutes_DropsAndCounts()
    {
        _answer = () => new ExportResult(false, true, TimeSpan.Zero, 0, "Unavailable: down");
        Start();
        _exporter.Export(Kept(Span(1, 0, Direction.Outbound)));
        await Eventually.TrueAsync(() => _exporter.State.Dropped == 1, TestMesh.Patience, "patience ends");
        Assert.InRange(_clock.Waits.Sum(wait => wait.TotalSeconds), 270, 301);
    }

    [Fact]
    public async Task Refusal_IsNotRetried()
    {
        _answer = () => new ExportResult(false, false, TimeSpan.Zero, 0, "InvalidArgument: no");
        Start();
        _exporter.Export(Kept(Span(1, 0, Direction.Outbound)));
        await Eventually.TrueAsync(() => _exporter.State.Dropped == 1, TestMesh.Patience, "it is dropped");
        Assert.Single(_sent);
    }

    [Fact]
    public async Task PartialSuccess_CountsWhatWasNotTaken()
    {
        _answer = () => new ExportResult(true, false, TimeSpan.Zero, 1, "one was bad");
        Start();
        _exporter.Export(Kept(Span(1, 0, Direction.Outbound)));
        _exporter.Export(Kept(Span(2, 0, Direction.Outbound)));
        await Eventually.TrueAsync(() => _exporter.State.Exported == 1, TestMesh.Patience, "one is exported");
        Assert.Equal(1, _exporter.State.Dropped);
    }

    [Fact]
    public void Flood_BeyondTheQueue_IsDroppedAndCounted()
    {
        for (int i = 0; i < 100_000; i++) _exporter.Export(Kept(Span((ulong)i + 1, 0, Direction.Outbound)));
        Assert.Equal((OtlpExporter.MaxWaiting, 100_000 - OtlpExporter.MaxWaiting), (_exporter.State.Waiting, _exporter.State.Dropped));
    }

    private void Start() => _running = _exporter.RunAsync(_stop.Token);

    private Task SentAsync(int count) => Eventually.TrueAsync(() => _sent.Count >= count, TestMesh.Patience, $"{count} exports were tried");

    /// <summary>A clock on which every wait is over at once, and was as long as it should be.</summary>
    private sealed class TimerClock : TimeProvider
    {
        private long _ticks = 1;

        public List<TimeSpan> Waits { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan) return System.CreateTimer(callback, state, dueTime, period);
            lock (Waits) Waits.Add(dueTime);
            Interlocked.Add(ref _ticks, dueTime.Ticks);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
