using Google.Protobuf;
using Tulle.Protocol;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Identity;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tests.Hosting;
using Tulle.Proxy.Tracing;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Telemetry;

public sealed class InsightClientTests : IAsyncLifetime
{
    private readonly LoopMetrics[] _loops = [new(), new()];
    private readonly TapHub _taps = new(TimeProvider.System);
    private readonly SpanReporter _spans;
    private readonly CancellationTokenSource _stop = new();
    private readonly TestLog _log = new();
    private FakeControlPlane _plane = null!;
    private ControlPlaneChannel _channel = null!;
    private InsightClient _client = null!;
    private Task _running = Task.CompletedTask;

    [Fact]
    public async Task Report_Traffic_ArrivesAsDeltasOfAllLoops()
    {
        InsightStream stream = await StartAsync();
        _loops[0].Series(Key).RecordResponse(200, 1_500);
        _loops[1].Series(Key).RecordResponse(503, 2_500);
        TrafficDelta delta = await NextDeltaAsync(stream);
        while (delta.Requests < 2) delta = await MergeAsync(delta, stream);
        Assert.Equal((2ul, 1ul, 1ul), (delta.Requests, delta.Successes, delta.Failures));
        Assert.Equal("users", delta.Service.Name);
        Assert.Equal(4_000ul, delta.LatencySumMicros);

        _loops[0].Series(Key).RecordMeshError(504, 10);
        TrafficDelta next = await NextDeltaAsync(stream);
        Assert.Equal((1ul, 1ul), (next.Requests, next.MeshErrors));
    }

    [Fact]
    public async Task Report_AcrossReconnect_LosesNothing()
    {
        InsightStream stream = await StartAsync();
        _loops[0].Series(Key).RecordResponse(200, 1);
        Assert.Equal(1ul, (await NextDeltaAsync(stream)).Requests);

        await _plane.StopAsync();
        await Eventually.TrueAsync(() => !_client.State.Connected, Eventually.Patience, "the loss is noticed");
        for (int i = 0; i < 5; i++) _loops[0].Series(Key).RecordResponse(200, 1);
        await _plane.StartAsync();
        InsightStream next = await _plane.NextInsightStreamAsync();
        Assert.Equal(5ul, (await NextDeltaAsync(next)).Requests);
    }

    [Fact]
    public async Task Report_NewStream_RepeatsOpenConnections()
    {
        InsightStream stream = await StartAsync();
        _loops[0].Series(Key).OpenConnections = 7;
        Assert.Equal(7, (await NextDeltaAsync(stream)).OpenConnections);
        await _plane.StopAsync();
        await _plane.StartAsync();
        Assert.Equal(7, (await NextDeltaAsync(await _plane.NextInsightStreamAsync())).OpenConnections);
    }

    [Fact]
    public async Task Stop_LastRequests_AreReportedBeforeTheEnd()
    {
        InsightStream stream = await StartAsync();
        await Eventually.TrueAsync(() => _client.State.Connected, Eventually.Patience, "the stream is up");
        _loops[0].Series(Key).RecordResponse(200, 1);
        await _stop.CancelAsync();
        await _running.WaitAsync(Eventually.Patience);
        Assert.Equal(1ul, (await NextDeltaAsync(stream)).Requests);
    }

    [Fact]
    public async Task Tap_StartedFromAbove_SendsEventsUntilStopped()
    {
        InsightStream stream = await StartAsync();
        stream.ToSend.Writer.TryWrite(new ProxyCommand { Start = new TapStart { TapId = 42, MaxRps = 10, PathPrefix = "/users" } });
        await Eventually.TrueAsync(() => _taps.IsActive, Eventually.Patience, "the tap is active");

        ulong tapped = _taps.OnRequest(Info, "GET"u8, "users"u8, "/users/1"u8, default);
        _taps.OnResponse(tapped, 200, 1_234, null, default);
        _taps.OnEnd(tapped, 2_345, 120, null);
        List<TapEvent> events = [];
        while (events.Count < 3) events.AddRange((await stream.NextAsync()).Tap.Events);
        Assert.All(events, e => Assert.Equal((42ul, tapped), (e.TapId, e.Stream)));
        Assert.Equal("/users/1", events[0].Request.Path);
        Assert.Equal(200u, events[1].Response.Status);
        Assert.Equal(120ul, events[2].End.ResponseBytes);

        stream.ToSend.Writer.TryWrite(new ProxyCommand { Stop = new TapStop { TapId = 42 } });
        await Eventually.TrueAsync(() => !_taps.IsActive, Eventually.Patience, "the tap is stopped");
    }

    [Theory]
    [InlineData(1_000, 20)]
    [InlineData(40, 59_000)]
    public async Task Tap_ManyEventsAtOnce_ComeInMessagesOfALimitedSize(int requests, int pathLength)
    {
        InsightStream stream = await StartAsync();
        stream.ToSend.Writer.TryWrite(new ProxyCommand { Start = new TapStart { TapId = 42, MaxRps = 1_000 } });
        await Eventually.TrueAsync(() => _taps.IsActive, Eventually.Patience, "the tap is active");
        byte[] path = [(byte)'/', .. Enumerable.Repeat((byte)'a', pathLength)];
        for (int i = 0; i < requests; i++) _taps.OnRequest(Info, "GET"u8, "users"u8, path, default);
        int events = 0;
        while (events < requests)
        {
            TapEvents some = (await stream.NextAsync()).Tap;
            Assert.True(some.Events.Count == 1 || some.Events.Sum(e => e.CalculateSize()) <= InsightClient.TapBytesPerMessage);
            events += some.Events.Count;
        }
        Assert.Equal(requests, events);
    }

    [Fact]
    public async Task Tap_StreamLost_IsOver()
    {
        InsightStream stream = await StartAsync();
        stream.ToSend.Writer.TryWrite(new ProxyCommand { Start = new TapStart { TapId = 1 } });
        await Eventually.TrueAsync(() => _taps.IsActive, Eventually.Patience, "the tap is active");
        await _plane.StopAsync();
        await Eventually.TrueAsync(() => !_taps.IsActive, Eventually.Patience, "nobody listens, so nobody taps");
    }

    [Fact]
    public async Task Report_PaceFromAbove_GathersLongerAndSaysSo()
    {
        InsightStream stream = await StartAsync();
        stream.ToSend.Writer.TryWrite(new ProxyCommand { Pace = new ReportPace { Seconds = 3 } });
        // One request a second at most, so that every look finds something.
        ulong requests = 0;
        for (uint seconds = 0; seconds < 3;)
        {
            _loops[0].Series(Key).RecordResponse(200, 1);
            TrafficReport report = (await stream.NextAsync()).Traffic;
            (seconds, requests) = (report.Seconds, requests + Assert.Single(report.Deltas).Requests);
        }
        Assert.Equal(_loops[0].Series(Key).Requests, (long)requests);
    }

    [Fact]
    public async Task Report_Spans_ArriveWithWhatWasDropped()
    {
        LoopRing ring = _spans.NewRing();
        byte[] span = new SpanReport { Spans = { new ProxySpan { Method = "GET" } } }.ToByteArray();
        Assert.True(ring.TryPut(span));
        Assert.True(ring.TryPut(span));
        Volatile.Write(ref _loops[1].SpansLimited, 3);
        SpanReport report = SpanReport.Parser.ParseFrom((await (await StartAsync()).NextAsync()).Spans);
        Assert.Equal(["GET", "GET"], report.Spans.Select(s => s.Method));
        Assert.Equal(3ul, report.Dropped);
    }

    public InsightClientTests() => _spans = new SpanReporter(() => _loops);

    public async ValueTask InitializeAsync() => _plane = await FakeControlPlane.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _channel.Dispose();
        await _plane.DisposeAsync();
    }

    private static SeriesKey Key => new(Direction.Outbound, "", "", "shop", "users", 80, "users.shop:80", "", true);

    private static TapRequestInfo Info => new(Direction.Outbound, "1.1.1.1:1", "2.2.2.2:2", true, "spiffe://td/x", "shop", "users");

    private async Task<InsightStream> StartAsync()
    {
        _channel = new ControlPlaneChannel(_plane.Config(), TimeProvider.System);
        _client = new InsightClient(_channel, new TrafficReporter(() => _loops), new HealthReporter(new HealthSources(() => [], () => [], () => [], () => IdentityState.None), TimeProvider.System), _spans, _taps, TimeProvider.System, () => 0.5, _log.Log);
        _running = _client.RunAsync(_stop.Token);
        return await _plane.NextInsightStreamAsync();
    }

    private static async Task<TrafficDelta> NextDeltaAsync(InsightStream stream) => Assert.Single((await stream.NextAsync()).Traffic.Deltas);

    private static async Task<TrafficDelta> MergeAsync(TrafficDelta first, InsightStream stream)
    {
        TrafficDelta second = await NextDeltaAsync(stream);
        second.Requests += first.Requests;
        second.Successes += first.Successes;
        second.Failures += first.Failures;
        second.LatencySumMicros += first.LatencySumMicros;
        return second;
    }
}
