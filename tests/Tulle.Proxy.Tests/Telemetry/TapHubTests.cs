using System.Text;
using Tulle.Http;
using Tulle.Http.Http1;
using Tulle.Protocol;
using Tulle.Proxy.Telemetry;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Telemetry;

public sealed class TapHubTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void OnRequest_NoTap_IsInactiveAndAllocatesNothing()
    {
        var hub = new TapHub(_clock);
        TapRequestInfo info = Info();
        Assert.False(hub.IsActive);
        hub.OnRequest(info, "GET"u8, "users"u8, "/"u8, default);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) hub.OnRequest(info, "GET"u8, "users"u8, "/"u8, default);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void OnRequest_TapThatDoesNotMatch_AllocatesNothing()
    {
        TapHub hub = Hub(new TapStart { TapId = 1, PathPrefix = "/other" });
        TapRequestInfo info = Info();
        hub.OnRequest(info, "GET"u8, "users"u8, "/"u8, default);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) hub.OnRequest(info, "GET"u8, "users"u8, "/"u8, default);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task GatherAsync_FewEvents_WaitUnlessTheyComeOutOfSilence()
    {
        var clock = new WaitClock();
        var hub = new TapHub(clock);
        hub.Start(new TapStart { TapId = 1, MaxRps = 100_000 });
        TimeSpan interval = TimeSpan.FromMilliseconds(30);
        Assert.Equal(20, await WaitOfOneAsync());
        clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(30, await WaitOfOneAsync());
        clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(30, await WaitOfOneAsync());
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(20, await WaitOfOneAsync());

        async Task<double> WaitOfOneAsync()
        {
            while (hub.Events.TryRead(out _)) { }
            Task gathered = hub.GatherAsync(interval, CancellationToken.None);
            Assert.False(gathered.IsCompleted);
            Request(hub);
            await gathered.WaitAsync(Eventually.Patience);
            Assert.Equal(1, hub.Events.Count);
            return clock.LastWait.TotalMilliseconds;
        }
    }

    [Fact]
    public async Task GatherAsync_ManyEvents_DoNotWait()
    {
        TapHub hub = Hub(new TapStart { TapId = 1, MaxRps = 100_000 });
        Task gathered = hub.GatherAsync(TimeSpan.FromHours(1), CancellationToken.None);
        for (int i = 0; i < TapHub.QueueCapacity / 4; i++) hub.OnRequest(Info(), "GET"u8, "users"u8, "/"u8, default);
        await gathered.WaitAsync(Eventually.Patience);
    }

    public static TheoryData<string, bool> Filters => new()
    {
        { """{ "method": "get" }""", true },
        { """{ "method": "POST" }""", false },
        { """{ "pathPrefix": "/users" }""", true },
        { """{ "pathPrefix": "/users/12" }""", false },
        { """{ "authority": "USERS" }""", true },
        { """{ "authority": "users:80" }""", true },
        { """{ "authority": "users:81" }""", false },
        { """{ "authority": "user" }""", false },
        { """{ "toService": "users.shop" }""", true },
        { """{ "toService": "users.other" }""", false },
        { """{ "toService": "users.shopping" }""", false },
        { """{ "peerIdentity": "spiffe://td/ns/shop/sa/users" }""", true },
        { """{ "peerIdentity": "spiffe://td/ns/shop/sa/user" }""", false },
        { """{ "direction": "DIRECTION_OUTBOUND" }""", true },
        { """{ "direction": "DIRECTION_INBOUND" }""", false },
        { """{ "method": "GET", "pathPrefix": "/users", "authority": "users", "direction": "DIRECTION_OUTBOUND" }""", true },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void OnRequest_Filter_TakesWhatMatches(string filter, bool taken)
    {
        TapHub hub = Hub(TapStart.Parser.ParseJson(filter));
        Assert.Equal(taken, hub.OnRequest(Info(), "GET"u8, "users:80"u8, "/users/1"u8, default) != 0);
    }

    [Fact]
    public void OnRequest_InboundTapToService_NeverMatches()
    {
        TapHub hub = Hub(new TapStart { ToService = "users.shop" });
        Assert.Equal(0ul, hub.OnRequest(Info() with { Direction = Direction.Inbound }, "GET"u8, "users"u8, "/"u8, default));
    }

    [Fact]
    public void OnRequest_OverRate_IsLeftOutUntilTimePasses()
    {
        TapHub hub = Hub(new TapStart { TapId = 1, MaxRps = 2 });
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => Request(hub) != 0));
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(_ => Request(hub) != 0));
    }

    [Fact]
    public void Events_TwoTaps_BothGetTheirOwn()
    {
        TapHub hub = Hub(new TapStart { TapId = 1 }, new TapStart { TapId = 2, Method = "GET" });
        ulong stream = Request(hub);
        hub.OnResponse(stream, 503, 10, "no-endpoint", default);
        hub.OnEnd(stream, 20, 0, "reset");
        List<TapEvent> events = Drain(hub);
        Assert.Equal([1, 2, 1, 2, 1, 2], events.Select(e => (int)e.TapId));
        Assert.Equal("no-endpoint", events[2].Response.MeshError);
        Assert.Equal("reset", events[4].End.ResetError);
        Assert.Equal("/users/1", events[0].Request.Path);
        Assert.Equal("9.9.9.9:1", events[0].Source);
    }

    [Fact]
    public void Stop_StreamInFlight_SaysNothingMore()
    {
        TapHub hub = Hub(new TapStart { TapId = 1 }, new TapStart { TapId = 2 });
        ulong stream = Request(hub);
        hub.Stop(1);
        hub.OnResponse(stream, 200, 1, null, default);
        Assert.Equal([1, 2, 2], Drain(hub).Select(e => (int)e.TapId));
        Assert.True(hub.IsActive);
        hub.Stop(2);
        Assert.False(hub.IsActive);
    }

    [Fact]
    public void Start_MoreThanMax_IsRefused_SameIdReplaces()
    {
        var hub = new TapHub(_clock);
        for (ulong id = 1; id <= TapHub.MaxTaps; id++) Assert.True(hub.Start(new TapStart { TapId = id }));
        Assert.False(hub.Start(new TapStart { TapId = 99 }));
        Assert.True(hub.Start(new TapStart { TapId = 1 }));
    }

    [Fact]
    public void Events_QueueFull_AreDroppedAndCounted()
    {
        TapHub hub = Hub(new TapStart { TapId = 1, MaxRps = 1e6 });
        for (int i = 0; i < TapHub.QueueCapacity; i++)
        {
            ulong stream = Request(hub);
            hub.OnEnd(stream, 1, 1, null);
        }

        Assert.Equal(TapHub.QueueCapacity, Drain(hub).Count);
        Assert.Equal(TapHub.QueueCapacity, hub.Dropped);
    }

    [Fact]
    public void OnRequest_TooManyInFlight_AreLeftOutUntilSomeEnd()
    {
        TapHub hub = Hub(new TapStart { TapId = 1, MaxRps = 1e6 });
        ulong[] streams = [.. Enumerable.Range(0, TapHub.MaxStreams).Select(_ => Request(hub))];
        Assert.DoesNotContain(0ul, streams);
        Assert.Equal(0ul, Request(hub));
        Assert.Equal(1, hub.Dropped);
        hub.OnEnd(streams[7], 1, 1, null);
        Assert.NotEqual(0ul, Request(hub));
    }

    [Fact]
    public void Clear_EverythingEnds()
    {
        TapHub hub = Hub(new TapStart { TapId = 1 });
        ulong stream = Request(hub);
        hub.Clear();
        hub.OnEnd(stream, 1, 1, null);
        Assert.False(hub.IsActive);
        Assert.Empty(Drain(hub));
    }

    private TapHub Hub(params TapStart[] taps)
    {
        var hub = new TapHub(_clock);
        foreach (TapStart tap in taps) Assert.True(hub.Start(tap));
        return hub;
    }

    private static ulong Request(TapHub hub) => hub.OnRequest(Info(), "GET"u8, "users:80"u8, "/users/1"u8, default);

    private static TapRequestInfo Info()
        => new(Direction.Outbound, "9.9.9.9:1", "8.8.8.8:2", true, "spiffe://td/ns/shop/sa/users", "shop", "users");

    private static List<TapEvent> Drain(TapHub hub)
    {
        var events = new List<TapEvent>();
        while (hub.Events.TryRead(out TapEvent? tapEvent)) events.Add(tapEvent);
        return events;
    }

    [Fact]
    public void Headers_Secrets_StayInTheProxy()
    {
        var hub = new TapHub(TimeProvider.System, ["x-session"]);
        hub.Start(new TapStart { TapId = 1, Headers = true, Redacted = { "X-Tenant" } });
        var fields = new FieldLines("Authorization: Bearer abc", "Cookie: a=b", "X-Api-Key: k", "Proxy-Authorization: p", "X-Session: s", "x-tenant: t", "Accept: */*", $"x-long: {new string('y', 1000)}");
        ulong stream = hub.OnRequest(Info(), "GET"u8, "users:80"u8, "/"u8, fields.View);
        hub.OnResponse(stream, 200, 1, null, new FieldLines("set-cookie: a=b", "content-type: text/plain").View);
        hub.OnTrailers(stream, new FieldLines("grpc-status: 0", "x-tenant: t").View);
        hub.OnEnd(stream, 1, 1, null);

        Assert.True(hub.Events.TryRead(out TapEvent? request));
        Assert.Equal(
            ["authorization: <redacted>", "cookie: <redacted>", "x-api-key: <redacted>", "proxy-authorization: <redacted>", "x-session: <redacted>", "x-tenant: <redacted>", "accept: */*",
                $"x-long: {new string('y', TapFields.MaxValue)}…"],
            request!.Request.Headers.Select(header => $"{header.Name}: {header.Value}"));
        Assert.True(hub.Events.TryRead(out TapEvent? response));
        Assert.Equal(["set-cookie: <redacted>", "content-type: text/plain"], response!.Response.Headers.Select(header => $"{header.Name}: {header.Value}"));
        Assert.True(hub.Events.TryRead(out TapEvent? end));
        Assert.Equal(["grpc-status: 0", "x-tenant: <redacted>"], end!.End.Trailers.Select(header => $"{header.Name}: {header.Value}"));
    }

    [Fact]
    public void Headers_NotAskedFor_AreNotSent()
    {
        var hub = new TapHub(TimeProvider.System);
        hub.Start(new TapStart { TapId = 1 });
        hub.OnRequest(Info(), "GET"u8, "users:80"u8, "/"u8, new FieldLines("accept: */*").View);
        Assert.True(hub.Events.TryRead(out TapEvent? request));
        Assert.Empty(request!.Request.Headers);
    }

    [Fact]
    public void Status_OnlyThoseAskedFor_AreReported()
    {
        var hub = new TapHub(TimeProvider.System);
        hub.Start(new TapStart { TapId = 1, StatusFrom = 500, StatusTo = 599 });
        foreach (int status in (int[])[200, 503])
        {
            ulong stream = Request(hub);
            Assert.False(hub.Events.TryRead(out _));
            hub.OnResponse(stream, status, 1, null, default);
            hub.OnEnd(stream, 1, 1, null);
        }
        ulong cut = Request(hub);
        hub.OnEnd(cut, 1, 1, "client-reset");
        TapEvent[] events = [.. Read(hub)];
        Assert.Equal([TapEvent.EventOneofCase.Request, TapEvent.EventOneofCase.Response, TapEvent.EventOneofCase.End], events.Select(e => e.EventCase));
        Assert.Equal(503u, events[1].Response.Status);
    }

    [Fact]
    public void Losses_QueueFullAndRateReached_AreCountedForTheTap()
    {
        var hub = new TapHub(new ManualClock());
        hub.Start(new TapStart { TapId = 7, MaxRps = TapHub.QueueCapacity + 5 });
        for (int i = 0; i < TapHub.QueueCapacity + 8; i++)
        {
            ulong stream = Request(hub);
            if (stream != 0) hub.OnEnd(stream, 1, 1, null);
        }
        TapEvent loss = Assert.Single(hub.TakeLosses());
        Assert.Equal((7ul, 3ul), (loss.TapId, loss.Loss.Requests));
        // A request and an end each, of which the queue took as many as it has places.
        Assert.Equal((ulong)(2 * (TapHub.QueueCapacity + 5) - TapHub.QueueCapacity), loss.Loss.Events);
        Assert.Empty(hub.TakeLosses());
    }

    private static IEnumerable<TapEvent> Read(TapHub hub)
    {
        while (hub.Events.TryRead(out TapEvent? next)) yield return next;
    }

    /// <summary>Tells for how long somebody wanted to wait last.</summary>
    private sealed class WaitClock : ManualClock
    {
        public TimeSpan LastWait { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            LastWait = dueTime;
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    /// <summary>Fields as a codec would have them.</summary>
    private sealed class FieldLines(params string[] lines)
    {
        private readonly Http1RequestHead _head = new();
        private readonly byte[] _bytes = Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nhost: x\r\n{string.Concat(lines.Select(line => $"{line}\r\n"))}\r\n");

        public FieldsView View
        {
            get
            {
                _head.Parse(_bytes);
                return new FieldsView(_head.Headers[1..], _bytes);
            }
        }
    }
}
