using Tulle.Protocol;
using Tulle.Proxy.Telemetry;

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
        hub.OnRequest(info, "GET"u8, "users"u8, "/"u8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) hub.OnRequest(info, "GET"u8, "users"u8, "/"u8);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void OnRequest_TapThatDoesNotMatch_AllocatesNothing()
    {
        TapHub hub = Hub(new TapStart { TapId = 1, PathPrefix = "/other" });
        TapRequestInfo info = Info();
        hub.OnRequest(info, "GET"u8, "users"u8, "/"u8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) hub.OnRequest(info, "GET"u8, "users"u8, "/"u8);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
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
        Assert.Equal(taken, hub.OnRequest(Info(), "GET"u8, "users:80"u8, "/users/1"u8) != 0);
    }

    [Fact]
    public void OnRequest_InboundTapToService_NeverMatches()
    {
        TapHub hub = Hub(new TapStart { ToService = "users.shop" });
        Assert.Equal(0ul, hub.OnRequest(Info() with { Direction = Direction.Inbound }, "GET"u8, "users"u8, "/"u8));
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
        hub.OnResponse(stream, 503, 10, "no-endpoint");
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
        hub.OnResponse(stream, 200, 1, null);
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

    private static ulong Request(TapHub hub) => hub.OnRequest(Info(), "GET"u8, "users:80"u8, "/users/1"u8);

    private static TapRequestInfo Info()
        => new(Direction.Outbound, "9.9.9.9:1", "8.8.8.8:2", true, "spiffe://td/ns/shop/sa/users", "shop", "users");

    private static List<TapEvent> Drain(TapHub hub)
    {
        var events = new List<TapEvent>();
        while (hub.Events.TryRead(out TapEvent? tapEvent)) events.Add(tapEvent);
        return events;
    }
}
