using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Resilience;

/// <summary>Rate limits and hashing, at the socket.</summary>
public sealed class LimitAndAffinityTests
{
    [Fact]
    public async Task RateLimit_BurstUsedUp_Is429UntilTimePasses()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario((route, _) => route.RateLimit = new RateLimit { RequestsPerSecond = 2, Burst = 3 }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 3; i++) Assert.Equal(200, client.Exchange(Scenario.Get).Status);
        TestMessage refused = client.Exchange(Scenario.Get);
        Assert.Equal((429, "rate-limited"), (refused.Status, refused.Header("tulle-error")));
        Assert.Equal(3, server.Requests.Count);

        await scenario.AdvanceAsync(0.5);
        Assert.Equal(200, client.Exchange(Scenario.Get).Status);
        Assert.Equal(429, client.Exchange(Scenario.Get).Status);
    }

    [Theory]
    [InlineData(0.25, "4")]
    [InlineData(3, "1")]
    [InlineData(0.3, "4")]
    public async Task RateLimit_Refused_SaysAfterHowManySeconds(double perSecond, string seconds)
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario((route, _) => route.RateLimit = new RateLimit { RequestsPerSecond = perSecond, Burst = 1 }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        Assert.Null(client.Exchange(Scenario.Get).Header("retry-after"));
        TestMessage refused = client.Exchange(Scenario.Get);
        Assert.Equal((429, seconds), (refused.Status, refused.Header("retry-after")));

        // Whoever comes back then is served.
        await scenario.AdvanceAsync(int.Parse(seconds));
        Assert.Equal(200, client.Exchange(Scenario.Get).Status);
    }

    [Theory]
    [InlineData(BalancingPolicy.BalancingRingHash)]
    [InlineData(BalancingPolicy.BalancingMaglev)]
    public async Task Hash_Header_KeepsEachKeyWithItsEndpoint(BalancingPolicy policy)
    {
        using TestServer a = TestServer.Saying("a"), b = TestServer.Saying("b"), c = TestServer.Saying("c");
        await using Scenario scenario = Hashing(policy, new HashKey { Header = "x-user" }, a, b, c);
        var owners = new Dictionary<int, string>();
        for (int i = 0; i < 90; i++)
        {
            string body = scenario.Ask($"GET http://app/ HTTP/1.1\r\nHost: app\r\nX-User: {i % 30}\r\n\r\n").Body;
            if (!owners.TryAdd(i % 30, body)) Assert.Equal(owners[i % 30], body);
        }
        Assert.Equal(3, owners.Values.Distinct().Count());
    }

    [Fact]
    public async Task Hash_Query_KeepsEachKeyWithItsEndpoint()
    {
        using TestServer a = TestServer.Saying("a"), b = TestServer.Saying("b");
        await using Scenario scenario = Hashing(BalancingPolicy.BalancingRingHash, new HashKey { Query = "user" }, a, b);
        for (int user = 0; user < 10; user++)
        {
            string request = $"GET http://app/?x=1&user={user} HTTP/1.1\r\nHost: app\r\n\r\n", first = scenario.Ask(request).Body;
            for (int i = 0; i < 3; i++) Assert.Equal(first, scenario.Ask(request).Body);
        }
    }

    [Fact]
    public async Task Hash_SourceAddress_KeepsAClientWithItsEndpoint()
    {
        using TestServer a = TestServer.Saying("a"), b = TestServer.Saying("b"), c = TestServer.Saying("c");
        await using Scenario scenario = Hashing(BalancingPolicy.BalancingRingHash, new HashKey { SourceAddress = true }, a, b, c);
        string first = scenario.Ask().Body;
        for (int i = 0; i < 20; i++) Assert.Equal(first, scenario.Ask().Body);
    }

    [Fact]
    public async Task Hash_Cookie_IsGivenToNewClientsAndLeadsThemBack()
    {
        using TestServer a = TestServer.Saying("a"), b = TestServer.Saying("b"), c = TestServer.Saying("c");
        var key = new HashKey { Cookie = new HashCookie { Name = "mesh", Path = "/shop", TtlMs = 60_000, Attributes = { new HeaderField { Name = "SameSite", Value = "Lax" } } } };
        await using Scenario scenario = Hashing(BalancingPolicy.BalancingRingHash, key, a, b, c);
        var owners = new HashSet<string>();
        for (int i = 0; i < 20; i++)
        {
            TestMessage first = scenario.Ask();
            string cookie = first.Header("set-cookie")!;
            Assert.Matches("^mesh=[0-9a-f]{16}; Max-Age=60; Path=/shop; SameSite=Lax; HttpOnly$", cookie);
            owners.Add(first.Body);
            TestMessage second = scenario.Ask($"GET http://app/ HTTP/1.1\r\nHost: app\r\nCookie: other=1; {cookie.Split(';')[0]}\r\n\r\n");
            Assert.Equal(first.Body, second.Body);
            Assert.Null(second.Header("set-cookie"));
        }
        Assert.Equal(3, owners.Count);
    }

    [Fact]
    public async Task Priority_FirstEjected_TheSecondTakesOver()
    {
        using CountingServer near = CountingServer.Always(500), far = new((_, _) => TestServer.Ok("far"));
        await using var scenario = new Scenario(
            (_, backend) =>
            {
                backend.Endpoints[1].Priority = 1;
                backend.OutlierDetection = new OutlierDetection { Consecutive5Xx = 2, MaxEjectionPercent = 100 };
            },
            near.EndPoint, far.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 10; i++) client.Exchange(Scenario.Get);
        Assert.Equal((2, 8), (near.Requests.Count, far.Requests.Count));
    }

    private static Scenario Hashing(BalancingPolicy policy, HashKey key, params TestServer[] servers) => new(
        (_, backend) => backend.LoadBalancer = new LoadBalancer { Policy = policy, Hash = key }, [.. servers.Select(server => server.EndPoint)]);
}
