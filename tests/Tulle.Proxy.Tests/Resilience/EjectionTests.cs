using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Resilience;

/// <summary>Outlier detection and failure accrual, at the socket on a manual clock.</summary>
public sealed class EjectionTests
{
    [Fact]
    public async Task Seed_FiveErrors_EjectForThirtySeconds()
    {
        using var bad = CountingServer.Always(500);
        using var good = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario((_, backend) => Eject(backend, 50), bad.EndPoint, good.EndPoint);
        using TestPeer client = scenario.Connect();

        for (int i = 0; i < 20; i++) client.Exchange(Scenario.Get);
        Assert.Equal(5, bad.Requests.Count);
        Assert.Equal(15, good.Requests.Count);

        await scenario.AdvanceAsync(29.9);
        for (int i = 0; i < 10; i++) Assert.Equal(200, client.Exchange(Scenario.Get).Status);
        Assert.Equal(5, bad.Requests.Count);

        await scenario.AdvanceAsync(0.1);
        for (int i = 0; i < 20; i++) client.Exchange(Scenario.Get);
        Assert.Equal(10, bad.Requests.Count);
    }

    [Fact]
    public async Task SmallSet_TenPercent_OneIsEjectedAndTheLastOneStays()
    {
        using var one = CountingServer.Always(500);
        using var other = CountingServer.Always(500);
        await using var scenario = new Scenario((_, backend) => Eject(backend, 10), one.EndPoint, other.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 40; i++) Assert.Equal(500, client.Exchange(Scenario.Get).Status);
        Assert.Equal(5, Math.Min(one.Requests.Count, other.Requests.Count));
        Assert.Equal(40, one.Requests.Count + other.Requests.Count);
    }

    [Fact]
    public async Task AllEjected_FailsFast()
    {
        using var server = CountingServer.Always(500);
        await using var scenario = new Scenario((_, backend) => Eject(backend, 100), server.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 5; i++) Assert.Equal(500, client.Exchange(Scenario.Get).Status);
        TestMessage refused = client.Exchange(Scenario.Get);
        Assert.Equal((503, "no-healthy-endpoints"), (refused.Status, refused.Header("tulle-error")));
        Assert.Equal(5, server.Requests.Count);
    }

    [Fact]
    public async Task AllEjected_BelowMinHealth_Panics()
    {
        using var server = CountingServer.Always(500);
        await using var scenario = new Scenario(
            (_, backend) =>
            {
                Eject(backend, 100);
                backend.OutlierDetection.MinHealthPercent = 50;
            },
            server.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 10; i++) Assert.Equal(500, client.Exchange(Scenario.Get).Status);
        Assert.Equal(10, server.Requests.Count);
    }

    [Fact]
    public async Task ConnectFailures_CountAsErrors()
    {
        using var good = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario((_, backend) => Eject(backend, 50), RetryTests.Unused(), good.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 60; i++)
        {
            Assert.Equal("fine", client.Exchange(Scenario.Get).Body);
            await scenario.AdvanceAsync(20);
            if (scenario.Proxy.DataPlane.Shared.Backends.Single().Health.Ejections > 0) return;
        }
        Assert.Fail("an endpoint that takes no connections is not ejected");
    }

    [Fact]
    public async Task Loops_ErrorsOnAny_CountTogether()
    {
        using var bad = CountingServer.Always(500);
        using var good = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario((_, backend) => Eject(backend, 50), config => config with { Loops = 2 }, bad.EndPoint, good.EndPoint);
        TestPeer[] clients = [.. Enumerable.Range(0, 8).Select(_ => scenario.Connect())];
        for (int i = 0; i < 10; i++)
        {
            foreach (TestPeer client in clients)
            {
                client.Exchange(Scenario.Get);
                // A client may read a response before the loop has counted it, and then ask the other loop.
                await scenario.Proxy.TurnAsync();
            }
        }
        Assert.Equal(5, bad.Requests.Count);
        foreach (TestPeer client in clients) client.Dispose();
    }

    [Fact]
    public async Task Accrual_SevenFailures_FailFastAndOneProbePutsItBack()
    {
        int healthy = 0;
        using var server = new CountingServer((_, _) => Volatile.Read(ref healthy) == 1 ? TestServer.Ok("fine") : CountingServer.Status(503));
        await using var scenario = new Scenario(
            (_, backend) => backend.FailureAccrual = new FailureAccrual { ConsecutiveFailures = 7, MinPenaltyMs = 1_000, MaxPenaltyMs = 60_000 },
            server.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 10; i++) client.Exchange(Scenario.Get);
        Assert.Equal(7, server.Requests.Count);

        await scenario.AdvanceAsync(1);
        for (int i = 0; i < 3; i++) client.Exchange(Scenario.Get);
        Assert.Equal(8, server.Requests.Count);

        Volatile.Write(ref healthy, 1);
        await scenario.AdvanceAsync(1);
        Assert.Equal("no-healthy-endpoints", client.Exchange(Scenario.Get).Header("tulle-error"));
        await scenario.AdvanceAsync(1);
        for (int i = 0; i < 3; i++) Assert.Equal("fine", client.Exchange(Scenario.Get).Body);
        Assert.Equal(11, server.Requests.Count);
    }

    private static void Eject(Backend backend, uint percent)
    {
        backend.OutlierDetection = new OutlierDetection { Consecutive5Xx = 5, IntervalMs = 30_000, BaseEjectionMs = 30_000, MaxEjectionPercent = percent };
        backend.LoadBalancer = new LoadBalancer { Policy = BalancingPolicy.BalancingRoundRobin };
    }
}
