using System.Net;
using Tulle.Protocol;
using Tulle.Proxy.Model;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Http2;

namespace Tulle.Proxy.Tests.Resilience;

/// <summary>Connections that idle on one loop, or at one endpoint, take nothing from what others may have.</summary>
public sealed class IdlePlacesTests
{
    [Fact]
    public async Task Idle_OnAnotherLoop_TakesNothingFromConnectionsOrQueue()
    {
        using var server = new CountingServer((request, _) => TestServer.Ok(request.StartLine), gated: true);
        await using Scenario scenario = OnTwoLoops(new ConnectionPool { MaxConnections = 4, MaxPendingRequests = 2 }, server.EndPoint);
        (TestPeer[] here, TestPeer[] there) = await ClientsAsync(scenario, 7);

        // Four connections idle on one loop.
        foreach (TestPeer client in here[..4]) client.Send(Scenario.Get);
        await server.ReceivesAsync(4);
        server.Release(4);
        foreach (TestPeer client in here[..4]) client.ReadMessage();
        await scenario.Proxy.TurnAsync();
        Assert.Equal([0, 4], (await IdleAsync(scenario)).Order());

        // The other one gets as many connections, and as many places in the queue, as if they were not there.
        foreach (TestPeer client in there[..6]) client.Send(Scenario.Get);
        await server.ReceivesAsync(8);
        await Testing.Eventually.TrueAsync(() => Breaker(scenario).Pending.Value == 2, Testing.Eventually.Patience, "two requests wait");
        Assert.Equal("too-many-pending", there[6].Exchange(Scenario.Get).Header("tulle-error"));
        Assert.Equal("too-many-pending", here[0].Exchange(Scenario.Get).Header("tulle-error"));
        Assert.Equal(4, Breaker(scenario).Connections.Value);

        server.Release(6);
        foreach (TestPeer client in there[..6]) Assert.Equal(200, client.ReadMessage().Status);
        Assert.Equal(10, server.Requests.Count);
        await scenario.Proxy.TurnAsync();
        Assert.Equal(0, Breaker(scenario).Pending.Value);
        Dispose(here, there);
    }

    [Fact]
    public async Task Idle_OnAnotherLoop_OnlyAsManyAsAreNeededClose()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"), gated: true);
        await using Scenario scenario = OnTwoLoops(new ConnectionPool { MaxConnections = 3 }, server.EndPoint);
        (TestPeer[] here, TestPeer[] there) = await ClientsAsync(scenario, 3);
        foreach (TestPeer client in here) client.Send(Scenario.Get);
        await server.ReceivesAsync(3);
        server.Release(4);
        foreach (TestPeer client in here) client.ReadMessage();

        Assert.Equal(200, there[0].Exchange(Scenario.Get).Status);
        await scenario.Proxy.TurnAsync();
        Assert.Equal([1, 2], (await IdleAsync(scenario)).Order());
        Assert.Equal((4, 3), (server.Connections, Breaker(scenario).Connections.Value));
        Dispose(here, there);
    }

    [Fact]
    public async Task LoopsInTurns_OneConnection_EachIsServedWithoutWaiting()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using Scenario scenario = OnTwoLoops(new ConnectionPool { MaxConnections = 1, MaxPendingRequests = 1 }, server.EndPoint);
        (TestPeer[] here, TestPeer[] there) = await ClientsAsync(scenario, 1);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("fine", here[0].Exchange(Scenario.Get).Body);
            Assert.Equal("fine", there[0].Exchange(Scenario.Get).Body);
        }
        Assert.Equal(40, server.Connections);
        Assert.Equal(1, Breaker(scenario).Connections.Value);
        Dispose(here, there);
    }

    [Fact]
    public async Task LoopsInTurns_OneConnection_Http2()
    {
        int connections = 0;
        var seen = new HashSet<string>();
        await using Http2App app = await Http2App.StartAsync(context =>
        {
            lock (seen)
            {
                if (seen.Add(context.Connection.Id)) connections++;
            }
            return Task.CompletedTask;
        });
        await using var scenario = new Scenario(
            (_, backend) =>
            {
                backend.Protocol = Protocol.Protocol.Http2;
                backend.ConnectionPool = new ConnectionPool { MaxConnections = 1, MaxPendingRequests = 1 };
            },
            config => config with { Loops = 2, Upstreams = [new UpstreamListenerConfig(ProxyUnderTest.AnyPort, "app:80")] },
            app.EndPoint);
        using HttpClient here = NewClient(), there = NewClient();
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/")).StatusCode);
        }
        Assert.Equal(20, connections);
        Assert.Equal(1, Breaker(scenario).Connections.Value);

        HttpClient NewClient() => Http2Mesh.NewClient(new Uri($"http://127.0.0.1:{scenario.Proxy.Upstream().Port}"));
    }

    [Fact]
    public async Task Idle_AtAnotherEndpoint_GivesItsPlaceToTheOneThatTheKeyBelongsTo()
    {
        using TestServer a = TestServer.Saying("a"), b = TestServer.Saying("b");
        await using var scenario = new Scenario(
            (_, backend) =>
            {
                backend.LoadBalancer = new LoadBalancer { Policy = BalancingPolicy.BalancingRingHash, Hash = new HashKey { Header = "x-user" } };
                backend.ConnectionPool = new ConnectionPool { MaxConnections = 1, MaxPendingRequests = 1 };
            },
            a.EndPoint, b.EndPoint);
        using TestPeer client = scenario.Connect();
        var owners = new Dictionary<int, string>();
        for (int i = 0; i < 40; i++)
        {
            string body = client.Exchange($"GET http://app/ HTTP/1.1\r\nHost: app\r\nX-User: {i % 10}\r\n\r\n").Body;
            if (!owners.TryAdd(i % 10, body)) Assert.Equal(owners[i % 10], body);
        }
        Assert.Equal(["a", "b"], owners.Values.Distinct().Order());
        Assert.Equal(1, Breaker(scenario).Connections.Value);
    }

    [Fact]
    public async Task Idle_AtAnotherEndpoint_IsUsedWhereAnyWillDo()
    {
        using TestServer a = TestServer.Saying("a"), b = TestServer.Saying("b");
        await using var scenario = new Scenario(
            (_, backend) =>
            {
                backend.LoadBalancer = new LoadBalancer { Policy = BalancingPolicy.BalancingRoundRobin };
                backend.ConnectionPool = new ConnectionPool { MaxConnections = 1, MaxPendingRequests = 1 };
            },
            a.EndPoint, b.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 10; i++) Assert.Equal(200, client.Exchange(Scenario.Get).Status);
        Assert.Equal(1, a.Connections + b.Connections);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(4, 0)]
    [InlineData(4, 2)]
    public async Task Crowd_FewConnections_AllAreServedAndEveryPlaceComesBack(int loops, uint requestsEach)
    {
        // Some answers close their connection, so that places are given up, handed over and freed at the same time. While one is on
        // its way between loops nobody can have it, so the queue is longer than what clients and connections differ by.
        using var server = new CountingServer((_, n) => n % 7 == 3 ? "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfine" : TestServer.Ok("fine"));
        using var other = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario(
            (_, backend) => backend.ConnectionPool = new ConnectionPool { MaxConnections = 3, MaxPendingRequests = 15, MaxRequestsPerConnection = requestsEach },
            config => config with { Loops = loops },
            server.EndPoint, other.EndPoint);
        int most = 0;
        Task[] clients = [.. Enumerable.Range(0, 15).Select(_ => Task.Run(() =>
        {
            using TestPeer client = scenario.Connect();
            for (int i = 0; i < 60; i++)
            {
                Assert.Equal("fine", client.Exchange(Scenario.Get).Body);
                int now = Breaker(scenario).Connections.Value;
                if (now > Volatile.Read(ref most)) Volatile.Write(ref most, now);
            }
        }))];
        await Task.WhenAll(clients);
        await scenario.Proxy.TurnAsync();
        CircuitBreakerState breaker = Breaker(scenario);
        Assert.InRange(most, 1, 3);
        Assert.Equal((0, (await IdleAsync(scenario)).Sum()), (breaker.Pending.Value, breaker.Connections.Value));
        await scenario.AdvanceAsync(120);
        Assert.Equal(0, breaker.Connections.Value);
    }

    private static Scenario OnTwoLoops(ConnectionPool pool, IPEndPoint server) => new((_, backend) => backend.ConnectionPool = pool, config => config with { Loops = 2 }, server);

    /// <summary>So many clients on each of two loops: whoever connects gets the loop with the fewest.</summary>
    private static async Task<(TestPeer[] Here, TestPeer[] There)> ClientsAsync(Scenario scenario, int each)
    {
        List<TestPeer> here = [], there = [];
        for (int i = 0; i < each; i++)
        {
            here.Add(await NextAsync());
            there.Add(await NextAsync());
        }
        return ([.. here], [.. there]);

        async Task<TestPeer> NextAsync()
        {
            TestPeer client = scenario.Connect();
            await scenario.Proxy.TurnAsync();
            return client;
        }
    }

    private static async Task<int[]> IdleAsync(Scenario scenario)
    {
        int[] idle = new int[scenario.Proxy.Config.Loops];
        for (int i = 0; i < idle.Length; i++)
        {
            int loop = i;
            scenario.Proxy.DataPlane.OnLoop(loop, () => idle[loop] = scenario.Proxy.DataPlane.IdleUpstreams(loop));
        }
        await scenario.Proxy.TurnAsync();
        return idle;
    }

    private static CircuitBreakerState Breaker(Scenario scenario) => scenario.Proxy.DataPlane.Shared.Backends.Single().Breaker;

    private static void Dispose(params TestPeer[][] clients)
    {
        foreach (TestPeer client in clients.SelectMany(some => some)) client.Dispose();
    }
}
