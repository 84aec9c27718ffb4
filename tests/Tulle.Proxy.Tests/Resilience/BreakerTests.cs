using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Resilience;

/// <summary>Limits on connections and requests, at the socket.</summary>
public sealed class BreakerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Seed_HundredConnectionsAndFiftyPending_TheNextIsRefusedAtOnce(int loops)
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"), gated: true);
        await using var scenario = new Scenario(
            (_, backend) => backend.ConnectionPool = new ConnectionPool { MaxConnections = 100, MaxPendingRequests = 50 },
            config => config with { Loops = loops },
            server.EndPoint);
        TestPeer[] clients = [.. Enumerable.Range(0, 150).Select(_ => scenario.Connect())];
        foreach (TestPeer client in clients) client.Send(Scenario.Get);
        await server.ReceivesAsync(100);
        await Testing.Eventually.TrueAsync(() => Pending(scenario) == 50, Testing.Eventually.Patience, "fifty requests wait", () => $"{Pending(scenario)} do");

        TestMessage refused = scenario.Ask();
        Assert.Equal((503, "too-many-pending"), (refused.Status, refused.Header("tulle-error")));
        Assert.Equal(100, server.Connections);

        // Everyone who was admitted is served.
        server.Release(150);
        foreach (TestPeer client in clients)
        {
            Assert.Equal("fine", client.ReadMessage().Body);
            client.Dispose();
        }
        Assert.Equal(150, server.Requests.Count);
        Assert.Equal(0, Pending(scenario));
    }

    [Fact]
    public async Task MaxConnections_Waiting_FirstComeFirstServed()
    {
        using var server = new CountingServer((request, _) => TestServer.Ok(request.StartLine.Split(' ')[1]), gated: true);
        await using var scenario = new Scenario((_, backend) => backend.ConnectionPool = new ConnectionPool { MaxConnections = 1 }, server.EndPoint);
        TestPeer[] clients = [.. Enumerable.Range(0, 5).Select(_ => scenario.Connect())];
        for (int i = 0; i < clients.Length; i++)
        {
            clients[i].Send($"GET http://app/{i} HTTP/1.1\r\nHost: app\r\n\r\n");
            int waiting = i;
            await Testing.Eventually.TrueAsync(() => Pending(scenario) == waiting && server.Requests.Count == 1, Testing.Eventually.Patience, $"{i} requests wait");
        }
        server.Release(5);
        for (int i = 0; i < clients.Length; i++) Assert.Equal($"/{i}", clients[i].ReadMessage().Body);
        Assert.Equal(["/0", "/1", "/2", "/3", "/4"], server.Requests.Select(request => request.StartLine.Split(' ')[1]));
        Assert.Equal(1, server.Connections);
        foreach (TestPeer client in clients) client.Dispose();
    }

    [Fact]
    public async Task MaxConnections_NothingBecomesFree_TheQueueHasADeadline()
    {
        using var server = new CountingServer((_, _) => CountingServer.Silence);
        await using var scenario = new Scenario((_, backend) => backend.ConnectionPool = new ConnectionPool { MaxConnections = 1 }, server.EndPoint);
        using TestPeer first = scenario.Connect(), second = scenario.Connect();
        first.Send(Scenario.Get);
        await server.ReceivesAsync(1);
        second.Send(Scenario.Get);
        await Testing.Eventually.TrueAsync(() => Pending(scenario) == 1, Testing.Eventually.Patience, "one request waits");
        await scenario.AdvanceAsync(10);
        Assert.Equal("queue-timeout", second.ReadMessage().Header("tulle-error"));
        Assert.Equal(0, Pending(scenario));
    }

    [Fact]
    public async Task MaxConnections_ClientGivesUp_LeavesTheQueue()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"), gated: true);
        await using var scenario = new Scenario((_, backend) => backend.ConnectionPool = new ConnectionPool { MaxConnections = 1, MaxPendingRequests = 1 }, server.EndPoint);
        using TestPeer first = scenario.Connect(), second = scenario.Connect(), third = scenario.Connect();
        first.Send(Scenario.Get);
        await server.ReceivesAsync(1);
        second.Send(Scenario.Get);
        await Testing.Eventually.TrueAsync(() => Pending(scenario) == 1, Testing.Eventually.Patience, "one request waits");
        second.Reset();
        await Testing.Eventually.TrueAsync(() => Pending(scenario) == 0, Testing.Eventually.Patience, "nobody waits");
        third.Send(Scenario.Get);
        await Testing.Eventually.TrueAsync(() => Pending(scenario) == 1, Testing.Eventually.Patience, "the next one waits");
        server.Release(2);
        Assert.Equal("fine", first.ReadMessage().Body);
        Assert.Equal("fine", third.ReadMessage().Body);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task MaxRequests_OneMore_IsRefusedAtOnce()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"), gated: true);
        await using var scenario = new Scenario((_, backend) => backend.ConnectionPool = new ConnectionPool { MaxRequests = 2 }, server.EndPoint);
        using TestPeer first = scenario.Connect(), second = scenario.Connect(), third = scenario.Connect();
        first.Send(Scenario.Get);
        second.Send(Scenario.Get);
        await server.ReceivesAsync(2);
        TestMessage refused = third.Exchange(Scenario.Get);
        Assert.Equal((503, "too-many-requests"), (refused.Status, refused.Header("tulle-error")));

        server.Release(3);
        Assert.Equal("fine", first.ReadMessage().Body);
        Assert.Equal("fine", second.ReadMessage().Body);
        await Testing.Eventually.TrueAsync(() => Breaker(scenario).Requests.Value == 0, Testing.Eventually.Patience, "both are counted off");
        Assert.Equal("fine", third.Exchange(Scenario.Get).Body);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 3)]
    [InlineData(0, 1)]
    public async Task MaxRequestsPerConnection_FiveRequests_TakeSoManyConnections(uint limit, int connections)
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario((_, backend) => backend.ConnectionPool = new ConnectionPool { MaxRequestsPerConnection = limit, MaxRequests = 10 }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 5; i++) Assert.Equal("fine", client.Exchange(Scenario.Get).Body);
        Assert.Equal(connections, server.Connections);
    }

    [Fact]
    public async Task IdleTimeout_PooledConnection_IsClosedAfterIt()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario((_, backend) => backend.ConnectionPool = new ConnectionPool { IdleTimeoutMs = 20_000 }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Exchange(Scenario.Get);
        await scenario.AdvanceAsync(15);
        client.Exchange(Scenario.Get);
        Assert.Equal(1, server.Connections);
        await scenario.AdvanceAsync(25);
        client.Exchange(Scenario.Get);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task MaxConnectionDuration_OldConnection_TakesNoFurtherRequest()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario((_, backend) => backend.ConnectionPool = new ConnectionPool { MaxConnectionDurationMs = 10_000 }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 3; i++)
        {
            client.Exchange(Scenario.Get);
            await scenario.AdvanceAsync(4);
        }
        Assert.Equal(1, server.Connections);
        client.Exchange(Scenario.Get);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task ConnectTimeout_NobodyAnswers_IsTheBackends()
    {
        // Full backlog: the kernel leaves further connects unanswered.
        using var listener = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen(0);
        var endpoint = (System.Net.IPEndPoint)listener.LocalEndPoint!;
        using TestPeer filling = TestPeer.Connect(endpoint);
        await using var scenario = new Scenario((_, backend) => backend.ConnectionPool = new ConnectionPool { ConnectTimeoutMs = 300 }, endpoint);
        using TestPeer client = scenario.Connect();
        client.Send(Scenario.Get);
        int advanced = 0;
        for (; !client.IsReadable && advanced < 40; advanced++) await scenario.AdvanceAsync(0.1);
        Assert.Equal("connect-timeout", client.ReadMessage().Header("tulle-error"));
        // Three tries of 300 ms each; every wait may take a turn or two longer to begin.
        Assert.InRange(advanced, 9, 25);
    }

    [Fact]
    public async Task Opaque_MaxConnections_TheNextIsReset()
    {
        using var server = new TestServer((peer, _) => peer.Send(peer.ReadThrough("\n")));
        await using var scenario = new Scenario(
            (_, backend) => backend.ConnectionPool = new ConnectionPool { MaxConnections = 1 },
            config => config with { Upstreams = [new Tulle.Proxy.Model.UpstreamListenerConfig(ProxyUnderTest.AnyPort, "app:80")] },
            server.EndPoint);
        using TestPeer first = TestPeer.Connect(scenario.Proxy.Upstream());
        first.Send("\u0001hello");
        await Testing.Eventually.TrueAsync(() => server.Connections == 1, Testing.Eventually.Patience, "the first one is connected");
        using (TestPeer second = TestPeer.Connect(scenario.Proxy.Upstream()))
        {
            second.Send("\u0001hello\n");
            Assert.True(second.IsClosed());
        }
        Assert.Equal(1, scenario.Proxy.Errors("too-many-connections"));
        first.Send("\n");
        Assert.Equal("\u0001hello\n", first.ReadToEnd());
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Opaque_MaxConnectionsHeldByAnIdleOne_GetsItsPlace()
    {
        using var server = new TestServer((peer, _) =>
        {
            string first = peer.ReadThrough("\n");
            if (!first.StartsWith("GET", StringComparison.Ordinal))
            {
                peer.Send(first);
                return;
            }
            peer.ReadThrough("\r\n\r\n");
            peer.Send(TestServer.Ok("fine"));
            peer.ReadToEnd();
        });
        await using var scenario = new Scenario(
            (_, backend) => backend.ConnectionPool = new ConnectionPool { MaxConnections = 1 },
            config => config with { Upstreams = [new Tulle.Proxy.Model.UpstreamListenerConfig(ProxyUnderTest.AnyPort, "app:80")] },
            server.EndPoint);
        Assert.Equal("fine", scenario.Ask().Body);

        using TestPeer opaque = TestPeer.Connect(scenario.Proxy.Upstream());
        opaque.Send("\u0001hello\n");
        Assert.Equal("\u0001hello\n", opaque.ReadToEnd());
        Assert.Equal((2, 0), (server.Connections, scenario.Proxy.Errors("too-many-connections")));
    }

    [Fact]
    public async Task Keepalive_Time_IsTheSockets()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario(
            (_, backend) => backend.ConnectionPool = new ConnectionPool { Keepalive = new TcpKeepalive { TimeMs = 3_600_000 } }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Exchange(Scenario.Get);
        // The kernel's table: remote address in field 2, state 01 is established, field 5 is the timer (02: keepalive) and its jiffies.
        string remote = $":{server.EndPoint.Port:X4}";
        string timer = File.ReadLines("/proc/net/tcp").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .First(fields => fields[2].EndsWith(remote, StringComparison.Ordinal) && fields[3] == "01")[5];
        Assert.StartsWith("02:", timer, StringComparison.Ordinal);
        Assert.InRange(Convert.ToInt64(timer[3..], 16), 300_000, 3_600_000);
    }

    private static int Pending(Scenario scenario) => scenario.Proxy.DataPlane.Shared.Backends.Sum(backend => backend.Breaker.Pending.Value);

    private static Tulle.Proxy.Resilience.CircuitBreakerState Breaker(Scenario scenario) => scenario.Proxy.DataPlane.Shared.Backends.Single().Breaker;
}
