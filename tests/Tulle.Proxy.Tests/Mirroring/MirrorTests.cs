using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Mirroring;

/// <summary>What a mirror receives, and that nobody else notices.</summary>
public sealed class MirrorTests
{
    [Fact]
    public async Task Mirror_GetsTheRequestAsItWasSentOn_AndItsAnswerIsThrownAway()
    {
        using var server = new RecordingServer(_ => TestServer.Ok("server"));
        using var mirror = new RecordingServer(_ => "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 6\r\n\r\nmirror");
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Mirrored([server, mirror], new Route
        {
            Rewrite = new Rewrite { Prefix = "/v2", MatchedPrefix = "/v1" },
            RequestHeaders = new HeaderOperations { Set = { new HeaderField { Name = "x-set", Value = "1" } }, Removed = { "x-gone" } },
        }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        for (int i = 0; i < 5; i++)
        {
            TestMessage response = client.Exchange("POST /v1/a?q HTTP/1.1\r\nHost: app\r\nX-Gone: 1\r\nX-Own: 2\r\nContent-Length: 4\r\n\r\nbody");
            Assert.Equal((200, "server"), (response.Status, response.Body));
        }

        await Received(mirror, 5);
        Assert.All(mirror.Received, copy =>
        {
            Assert.Equal(("POST /v2/a?q HTTP/1.1", "body", "app", "1", "2"), (copy.StartLine, copy.Body, copy.Header("host"), copy.Header("x-set"), copy.Header("x-own")));
            Assert.Null(copy.Header("x-gone"));
        });
        Assert.Equal(5, server.Received.Count);
        await proxy.CountsAsync(5, Direction.Outbound, series => series.Key.Backend == "b0" ? series.Successes : 0);
        await proxy.CountsAsync(5, Direction.Outbound, series => series.Key.Backend == "b1" ? series.Failures : 0);
    }

    [Fact]
    public async Task Mirror_OfAChunkedBody_GetsItsContent()
    {
        using var server = new RecordingServer();
        using var mirror = new RecordingServer();
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Mirrored([server, mirror], new Route()));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        for (int i = 0; i < 2; i++) client.Exchange("POST /a HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

        await Received(mirror, 2);
        Assert.All(mirror.Received, copy => Assert.Equal(("5", "abcde"), (copy.Header("content-length"), copy.Body)));
        Assert.All(server.Received, request => Assert.Equal("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", request.Body));
    }

    [Fact]
    public async Task Mirror_OfALongBody_IsDroppedAndCounted()
    {
        using var server = new RecordingServer();
        using var mirror = new RecordingServer();
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Mirrored([server, mirror], new Route()));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        for (int i = 0; i < 2; i++)
            Assert.Equal(200, client.Exchange($"POST /a HTTP/1.1\r\nHost: app\r\nContent-Length: 300000\r\n\r\n{new string('x', 300_000)}").Status);

        await Eventually.TrueAsync(() => proxy.DataPlane.Metrics[0].MirrorsDropped == 2, Eventually.Patience, "both were counted");
        Assert.Empty(mirror.Received);
    }

    [Fact]
    public async Task Mirror_ThatNeverAnswers_HoldsNobodyUpAndIsBounded()
    {
        using var server = new RecordingServer();
        using var mirror = new TestServer((peer, _) => peer.ReadToEnd());
        await using var proxy = new ProxyUnderTest();
        Destination destination = Destinations.To([server.EndPoint, mirror.EndPoint], new Route { Mirrors = { new Mirror { Backend = "b1", Ppm = 1_000_000 } } });
        proxy.Apply(destination);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        for (int i = 0; i < 100; i++) Assert.Equal(200, client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\n\r\n").Status);

        await Eventually.TrueAsync(
            () => proxy.DataPlane.Metrics[0] is { MirrorsSent: 64, MirrorsDropped: 36 }, Eventually.Patience, "as many as may be under way were sent",
            () => $"{proxy.DataPlane.Metrics[0].MirrorsSent} sent, {proxy.DataPlane.Metrics[0].MirrorsDropped} dropped");
    }

    [Fact]
    public async Task Mirror_WhoseBackendTakesNoFurtherConnection_LosesCopiesOnly()
    {
        using var release = new ManualResetEventSlim();
        using var server = new RecordingServer();
        using var mirror = new RecordingServer(_ =>
        {
            release.Wait(Eventually.Patience);
            return TestServer.Ok("mirror");
        });
        await using var proxy = new ProxyUnderTest();
        Destination destination = Mirrored([server, mirror], new Route());
        destination.Backends[1].ConnectionPool = new ConnectionPool { MaxConnections = 1 };
        proxy.Apply(destination);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        // More than may be under way at one time: a copy that is lost leaves its place to others.
        for (int i = 0; i < 100; i++) Assert.Equal(200, client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\n\r\n").Status);
        await proxy.CountsAsync(99, Direction.Outbound, series => series.Key.Backend == "b1" ? series.MeshErrors : 0);
        release.Set();
        await proxy.CountsAsync(1, Direction.Outbound, series => series.Key.Backend == "b1" ? series.Successes : 0);
        Assert.Equal(200, client.Exchange("GET /b HTTP/1.1\r\nHost: app\r\n\r\n").Status);
        await proxy.CountsAsync(2, Direction.Outbound, series => series.Key.Backend == "b1" ? series.Successes : 0);
        Assert.Equal((101, 0), (proxy.DataPlane.Metrics[0].MirrorsSent, proxy.DataPlane.Metrics[0].MirrorsDropped));
    }

    [Fact]
    public async Task Mirror_OfAShare_GetsThatShare()
    {
        using var server = new RecordingServer();
        using var mirror = new RecordingServer();
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To([server.EndPoint, mirror.EndPoint], new Route { Mirrors = { new Mirror { Backend = "b1", Ppm = 250_000 } } }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        for (int i = 0; i < 400; i++) client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\n\r\n");

        Assert.InRange(proxy.DataPlane.Metrics[0].MirrorsSent, 60, 140);
    }

    private static Destination Mirrored(RecordingServer[] servers, Route route)
    {
        route.Mirrors.Add(new Mirror { Backend = "b1", Ppm = 1_000_000 });
        return Destinations.To([.. servers.Select(server => server.EndPoint)], route);
    }

    private static Task Received(RecordingServer server, int count) =>
        Eventually.TrueAsync(() => server.Received.Count == count, Eventually.Patience, $"the mirror received {count} requests", () => $"it has {server.Received.Count}");
}
