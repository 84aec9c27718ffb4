using Tulle.Protocol;
using Tulle.Proxy.Model;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Telemetry;

namespace Tulle.Proxy.Tests.Resilience;

/// <summary>Limits on what comes to the workload itself, at the socket.</summary>
public sealed class InboundLimitTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: app\r\n\r\n";

    [Fact]
    public async Task RateLimit_EachClientHasItsOwn()
    {
        var authority = new TestAuthority();
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint);
        Assert.Null(inbound.DataPlane.Apply(authority.Issue("server")));
        Assert.Null(inbound.DataPlane.Apply(Policy(inbound, port => port.RateLimit = new RateLimit
        {
            PerIdentityPerSecond = 0.001,
            Overrides = { new IdentityRate { Identities = { TestAuthority.IdOf("busy") }, RequestsPerSecond = 3 } },
        })));
        foreach ((string name, int passed) in new[] { ("busy", 3), ("calm", 1) })
        {
            await using var outbound = new ProxyUnderTest(time: new ManualClock());
            Assert.Null(outbound.DataPlane.Apply(authority.Issue(name)));
            outbound.Route("app:80", (inbound.Inbound(), TestAuthority.IdOf("server")));
            using TestPeer client = TestPeer.Connect(outbound.Outbound);
            int[] statuses = [.. Enumerable.Range(0, 5).Select(_ => client.Exchange(Scenario.Get).Status)];
            Assert.InRange(statuses.Count(status => status == 200), passed, passed + 1);
            Assert.Contains(429, statuses);
        }
    }

    [Fact]
    public async Task RateLimit_PublishedPortOfTheSameApplication_SharesIt()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var inbound = new ProxyUnderTest(config => config with
        {
            Inbound = [new InboundListenerConfig(ProxyUnderTest.AnyPort, server.EndPoint), new InboundListenerConfig(ProxyUnderTest.AnyPort, server.EndPoint)],
        });
        var limit = new RateLimit { RequestsPerSecond = 0.001, Burst = 2 };
        Assert.Null(inbound.DataPlane.Apply(new InboundPolicy
        {
            Version = 1,
            Ports = { new InboundPort { Port = (uint)inbound.Inbound().Port, RateLimit = limit }, new InboundPort { Port = (uint)inbound.Inbound(1).Port, RateLimit = limit } },
        }));
        using TestPeer first = TestPeer.Connect(inbound.Inbound()), second = TestPeer.Connect(inbound.Inbound(1));
        Assert.Equal([200, 200, 429, 429], new[] { first, second, first, second }.Select(client => client.Exchange(Get).Status));
    }

    [Fact]
    public async Task RateLimit_RefusedAtTheServer_IsNoSuccessAtTheClientEither()
    {
        var authority = new TestAuthority();
        using var server = new CountingServer((_, _) => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint);
        await using var outbound = new ProxyUnderTest();
        Assert.Null(inbound.DataPlane.Apply(authority.Issue("server")));
        Assert.Null(outbound.DataPlane.Apply(authority.Issue("client")));
        Assert.Null(inbound.DataPlane.Apply(Policy(inbound, port => port.RateLimit = new RateLimit { RequestsPerSecond = 0.001, Burst = 1 })));
        outbound.Route("app:80", (inbound.Inbound(), TestAuthority.IdOf("server")));
        using TestPeer client = TestPeer.Connect(outbound.Outbound);
        // What the application answers is a success below 500.
        Assert.Equal([404, 429, 429], Enumerable.Range(0, 3).Select(_ => client.Exchange(Scenario.Get).Status));
        foreach ((ProxyUnderTest proxy, Direction direction) in new[] { (inbound, Direction.Inbound), (outbound, Direction.Outbound) })
        {
            await proxy.CountsAsync(3, direction, series => series.Requests);
            Assert.Equal((1, 0, 2), (proxy.Sum(direction, series => series.Successes), proxy.Sum(direction, series => series.Failures), proxy.Sum(direction, series => series.MeshErrors)));
        }
    }

    [Fact]
    public async Task Header_OfAServerOutsideTheMesh_SaysNothingAboutTheMesh()
    {
        using var server = new CountingServer((_, _) => "HTTP/1.1 429 Too Many Requests\r\ntulle-error: rate-limited\r\nContent-Length: 0\r\n\r\n");
        await using var proxy = new ProxyUnderTest();
        proxy.Route("app:80", server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        Assert.Equal(429, client.Exchange(Scenario.Get).Status);
        await proxy.CountsAsync(1, Direction.Outbound, series => series.Successes);
    }

    [Fact]
    public async Task MaxRequests_OneMore_IsRefusedBeforeTheApplication()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"), gated: true);
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint);
        Assert.Null(inbound.DataPlane.Apply(Policy(inbound, port => port.ConnectionPool = new ConnectionPool { MaxRequests = 1 })));
        using TestPeer first = TestPeer.Connect(inbound.Inbound()), second = TestPeer.Connect(inbound.Inbound());
        first.Send(Get);
        await server.ReceivesAsync(1);
        Assert.Equal("too-many-requests", second.Exchange(Get).Header("tulle-error"));
        server.Release(1);
        Assert.Equal("fine", first.ReadMessage().Body);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task InFlight_AsManyAsTheProxyTakes_ShedsTheNext()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"), gated: true);
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint, config => config with { MaxInFlightPerLoop = 1 });
        using TestPeer first = TestPeer.Connect(inbound.Inbound()), second = TestPeer.Connect(inbound.Inbound());
        first.Send(Get);
        await server.ReceivesAsync(1);
        Assert.Equal("load-shed", second.Exchange(Get).Header("tulle-error"));
        server.Release(2);
        Assert.Equal("fine", first.ReadMessage().Body);
        Assert.Equal("fine", second.Exchange(Get).Body);
    }

    private static InboundPolicy Policy(ProxyUnderTest proxy, Action<InboundPort> shape)
    {
        var port = new InboundPort { Port = (uint)proxy.Inbound().Port };
        shape(port);
        return new InboundPolicy { Version = 1, Ports = { port } };
    }
}
