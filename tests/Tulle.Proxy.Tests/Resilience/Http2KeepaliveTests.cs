using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Tulle.Http.Http2;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Http2;

namespace Tulle.Proxy.Tests.Resilience;

/// <summary>Pings on idle connections, where they are configured, on a manual clock.</summary>
public sealed class Http2KeepaliveTests
{
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Idle_ServerFallsSilent_ConnectionIsGivenUpWhereConfigured(bool configured, long open)
    {
        using var test = new ManualResetEventSlim();
        (TcpListener listener, IPEndPoint address) = RawHttp2.Listen((RawHttp2 peer, in Http2Event e) =>
        {
            if (e.Kind != Http2EventKind.Request) return;
            peer.Answer(e.Stream!, "fine"u8);
            peer.Flush();
            // It reads no further, and answers no ping.
            test.Wait();
        });
        using TcpListener server = listener;
        await using var scenario = new Scenario(
            (_, backend) =>
            {
                backend.Protocol = Protocol.Protocol.Http2;
                if (configured) backend.ConnectionPool = new ConnectionPool { Http2Keepalive = new Http2Keepalive { IntervalMs = 5_000, TimeoutMs = 2_000 } };
            },
            address);
        using TestPeer client = scenario.Connect();
        Assert.Equal(200, client.Exchange(Scenario.Get).Status);
        await scenario.Proxy.CountsAsync(1, Direction.Outbound, series => series.OpenConnections);
        await scenario.AdvanceAsync(5.1);
        Assert.Equal(1, scenario.Proxy.Sum(Direction.Outbound, series => series.OpenConnections));
        await scenario.AdvanceAsync(2.1);
        await scenario.Proxy.CountsAsync(open, Direction.Outbound, series => series.OpenConnections);
        test.Set();
    }

    [Fact]
    public async Task Idle_ServerAnswersPings_ConnectionStays()
    {
        var peers = new ConcurrentQueue<RawHttp2>();
        (TcpListener listener, IPEndPoint address) = RawHttp2.Listen((RawHttp2 peer, in Http2Event e) =>
        {
            if (e.Kind != Http2EventKind.Request) return;
            peers.Enqueue(peer);
            peer.Answer(e.Stream!, "fine"u8);
        });
        using TcpListener server = listener;
        await using var scenario = new Scenario(
            (_, backend) =>
            {
                backend.Protocol = Protocol.Protocol.Http2;
                backend.ConnectionPool = new ConnectionPool { Http2Keepalive = new Http2Keepalive { IntervalMs = 5_000, TimeoutMs = 2_000 } };
            },
            address);
        using TestPeer client = scenario.Connect();
        Assert.Equal(200, client.Exchange(Scenario.Get).Status);
        RawHttp2 first = Assert.Single(peers);
        for (int pings = 1; pings <= 3; pings++)
        {
            await scenario.AdvanceAsync(5.1);
            await Testing.Eventually.TrueAsync(() => first.PingsAnswered == pings, Testing.Eventually.Patience, $"ping {pings} is answered");
            // Longer than an answer is waited for.
            await scenario.AdvanceAsync(2.1);
            Assert.Equal(pings, first.PingsAnswered);
        }
        Assert.Equal(1, scenario.Proxy.Sum(Direction.Outbound, series => series.OpenConnections));
        Assert.Equal(200, client.Exchange(Scenario.Get).Status);
        Assert.Equal([first, first], peers);
    }
}
