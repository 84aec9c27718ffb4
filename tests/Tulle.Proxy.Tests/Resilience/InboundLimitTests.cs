using Tulle.Protocol;
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
