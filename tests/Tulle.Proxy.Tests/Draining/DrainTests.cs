using System.Diagnostics;
using System.Net.Sockets;
using Tulle.Proxy.Tests.Forwarding;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Draining;

public sealed class DrainTests
{
    [Fact]
    public async Task Drain_RequestInFlight_FinishesAndNewConnectionsAreRefused()
    {
        using var release = new SemaphoreSlim(0);
        int requests = 0;
        using TestServer server = TestServer.Answering(_ =>
        {
            Interlocked.Increment(ref requests);
            release.Wait(Testing.Eventually.Patience);
            return TestServer.Ok("finished");
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer busy = TestPeer.Connect(proxy.Inbound());
        using TestPeer idle = TestPeer.Connect(proxy.Inbound());
        release.Release();
        idle.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        busy.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await Testing.Eventually.TrueAsync(() => Volatile.Read(ref requests) == 2, Testing.Eventually.Patience, "the request arrives");

        Task drained = proxy.DataPlane.DrainAsync(TimeSpan.FromSeconds(10));
        Assert.True(idle.IsClosed());
        Assert.False(drained.IsCompleted);
        await Testing.Eventually.TrueAsync(() => !Accepts(proxy), Testing.Eventually.Patience, "nothing is accepted any more");

        release.Release();
        TestMessage response = busy.ReadMessage();
        Assert.Equal("finished", response.Body);
        Assert.Equal("close", response.Header("Connection"));
        await drained.WaitAsync(Testing.Eventually.Patience);
    }

    [Fact]
    public async Task Drain_RequestOnAKeptConnection_IsServedAndIsTheLast()
    {
        using TestServer server = TestServer.Saying("served");
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint, config => config with { DrainLinger = TimeSpan.FromSeconds(5) });
        using TestPeer kept = TestPeer.Connect(proxy.Inbound());
        using TestPeer silent = TestPeer.Connect(proxy.Inbound());
        Assert.Null(kept.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Header("Connection"));

        Task drained = proxy.DataPlane.DrainAsync(TimeSpan.FromSeconds(20));
        foreach (TestPeer client in new[] { kept, silent })
        {
            TestMessage response = client.Exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
            Assert.Equal("served", response.Body);
            Assert.Equal("close", response.Header("Connection"));
            Assert.True(client.IsClosed());
        }
        await drained.WaitAsync(Testing.Eventually.Patience);
    }

    private static bool Accepts(ProxyUnderTest proxy)
    {
        try
        {
            TestPeer.Connect(proxy.Inbound()).Dispose();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Drain_EveryReplicaRestartedUnderLoad_LosesNoRequest(bool mutualTls)
    {
        var authority = new TestAuthority();
        using TestServer server = TestServer.Saying("ok");
        await using var outbound = new ProxyUnderTest();
        Assert.Null(outbound.DataPlane.Apply(authority.Issue("client")));
        var replicas = new List<ProxyUnderTest> { Replica(), Replica(), Replica() };
        Publish();

        using var stop = new CancellationTokenSource();
        int served = 0;
        Task[] load = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            using TestPeer client = TestPeer.Connect(outbound.Outbound);
            while (!stop.IsCancellationRequested)
            {
                // POST: what may have been processed is not repeated.
                TestMessage response = client.Exchange("POST http://app/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
                Assert.Equal(200, response.Status);
                Interlocked.Increment(ref served);
            }
        }))];
        for (int i = 0; i < 3; i++)
        {
            ProxyUnderTest leaving = replicas[0];
            replicas.Add(Replica());
            Publish();
            replicas.RemoveAt(0);
            // As with real replicas: the proxy drains at the moment in which its removal is published.
            Task drained = leaving.DataPlane.DrainAsync(TimeSpan.FromSeconds(10));
            await Task.Delay(100);
            Publish();
            await drained.WaitAsync(Testing.Eventually.Patience);
            await leaving.DisposeAsync();
        }
        await stop.CancelAsync();
        await Task.WhenAll(load).WaitAsync(Testing.Eventually.Patience);
        Assert.InRange(served, 100, int.MaxValue);
        foreach (ProxyUnderTest replica in replicas) await replica.DisposeAsync();

        ProxyUnderTest Replica()
        {
            ProxyUnderTest replica = ProxyUnderTest.WithInbound(server.EndPoint);
            Assert.Null(replica.DataPlane.Apply(authority.Issue("server")));
            return replica;
        }

        void Publish() => outbound.Route("app:80", [.. replicas.Select(replica => (replica.Inbound(), mutualTls ? TestAuthority.IdOf("server") : ""))]);
    }

    [Fact]
    public async Task Drain_RequestThatNeverEnds_IsCutOffAfterTheGrace()
    {
        using var server = new HangingServer();
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await server.AskedAsync();
        var watch = Stopwatch.StartNew();
        await proxy.DataPlane.DrainAsync(TimeSpan.FromMilliseconds(300));
        // Neither side can take it for an end in order.
        Assert.Throws<IOException>(client.ReadToEnd);
        Assert.Equal("reset", await server.EndedAsync());
        Assert.InRange(watch.ElapsedMilliseconds, 250, long.MaxValue);
    }

    [Fact]
    public async Task Drain_OpaqueConnection_IsResetOnBothSidesAfterTheGrace()
    {
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = new TestServer((peer, _) =>
        {
            peer.Send(peer.ReadExactly(4));
            ended.SetResult(IsReset(peer));
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        client.Send("\x01\x02\x03\x04");
        client.ReadExactly(4);
        await proxy.DataPlane.DrainAsync(TimeSpan.FromMilliseconds(100));
        Assert.True(IsReset(client));
        Assert.True(await ended.Task.WaitAsync(Testing.Eventually.Patience));
    }

    private static bool IsReset(TestPeer peer)
    {
        try
        {
            peer.ReadToEnd();
            return false;
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return true;
        }
    }

    [Fact]
    public async Task Drain_RequestOverTheMesh_IsServedByAnotherEndpoint()
    {
        var authority = new TestAuthority();
        using TestServer first = TestServer.Saying("first");
        using TestServer second = TestServer.Saying("second");
        await using ProxyUnderTest leaving = ProxyUnderTest.WithInbound(first.EndPoint);
        await using ProxyUnderTest staying = ProxyUnderTest.WithInbound(second.EndPoint);
        await using var outbound = new ProxyUnderTest();
        foreach (ProxyUnderTest proxy in new[] { leaving, staying }) Assert.Null(proxy.DataPlane.Apply(authority.Issue("server")));
        Assert.Null(outbound.DataPlane.Apply(authority.Issue("client")));
        outbound.Route("app:80", (leaving.Inbound(), TestAuthority.IdOf("server")), (staying.Inbound(), TestAuthority.IdOf("server")));
        using TestPeer client = TestPeer.Connect(outbound.Outbound);
        const string post = "POST http://app/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
        var seen = new HashSet<string>();
        for (int i = 0; i < 100 && seen.Count < 2; i++) seen.Add(client.Exchange(post).Body);
        Assert.Equal(2, seen.Count);

        Task drained = leaving.DataPlane.DrainAsync(TimeSpan.FromSeconds(10));
        for (int i = 0; i < 100; i++) Assert.Equal(200, client.Exchange(post).Status);
        await drained.WaitAsync(Testing.Eventually.Patience);
        Assert.Equal("second", client.Exchange(post).Body);
    }
}
