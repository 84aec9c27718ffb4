using System.Diagnostics;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Forwarding;

/// <summary>Peers that fall silent or take nothing are given up; those that only take their time are not.</summary>
public sealed class SlowPeerTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task Head_ByteAfterByte_IsGivenUpAllTheSame()
    {
        using TestServer server = TestServer.Saying("");
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint, config => config with { HeadTimeout = Short });
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        var watch = Stopwatch.StartNew();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        Task drip = Task.Run(async () =>
        {
            while (true)
            {
                client.Send("a");
                await Task.Delay(50);
            }
        });
        Assert.Equal(408, client.ReadMessage().Status);
        Assert.InRange(watch.ElapsedMilliseconds, 250, long.MaxValue);
        client.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => drip);
    }

    [Fact]
    public async Task Body_ClientFallsSilent_Gets408()
    {
        using var server = new TestServer((peer, _) => peer.ReadToEnd());
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint, config => config with { IdleTimeout = Short });
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        TestMessage response = client.Exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
        Assert.Equal(408, response.Status);
        Assert.True(client.IsClosed());
    }

    [Fact]
    public async Task Response_ServerFallsSilent_Gets504()
    {
        using var server = new TestServer((peer, _) => peer.ReadToEnd());
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint, config => config with { IdleTimeout = Short });
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        TestMessage response = client.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(504, response.Status);
        Assert.Equal("upstream-timeout", response.Header("tulle-error"));
    }

    [Fact]
    public async Task Response_ClientTakesNothing_IsCutOff()
    {
        var ended = new TaskCompletionSource();
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadMessage();
            peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
            try
            {
                while (true) peer.Send(new byte[64 * 1024]);
            }
            finally
            {
                ended.TrySetResult();
            }
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint, config => config with { IdleTimeout = Short });
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await ended.Task.WaitAsync(Testing.Eventually.Patience);
        await proxy.CountsAsync(1, Direction.Inbound, series => series.Failures);
    }

    [Fact]
    public async Task Connection_KeptWithoutRequests_IsClosed()
    {
        using TestServer server = TestServer.Saying("hello");
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint, config => config with { IdleTimeout = Short });
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        Assert.Equal("hello", client.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Body);
        Assert.True(client.IsClosed());
    }

    [Fact]
    public async Task EventStream_WithPausesShorterThanTheIdleTimeout_GoesOn()
    {
        using var first = new ManualResetEventSlim();
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadMessage();
            peer.Send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            peer.Send("8\r\ndata: 1\n\r\n");
            first.Wait(Testing.Eventually.Patience);
            for (int i = 0; i < 8; i++)
            {
                peer.Send("8\r\ndata: 2\n\r\n");
                Thread.Sleep(300);
            }
            peer.Send("0\r\n\r\n");
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint, config => config with { IdleTimeout = TimeSpan.FromSeconds(2) });
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        // The first event is here before the next one.
        client.ReadThrough("data: 1\n");
        first.Set();
        client.ReadThrough("\r\n0\r\n\r\n");
    }
}
