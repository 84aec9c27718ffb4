using CsCheck;
using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Tests.Balancing;

public sealed class PriorityTests
{
    private readonly XoshiroRandom _random = new(4);

    [Theory]
    [InlineData("10/10 10/10", "100 0")]
    [InlineData("8/10 10/10", "100 0")]
    [InlineData("5/10 10/10", "70 30")]
    [InlineData("0/10 10/10", "0 100")]
    [InlineData("5/10 2/10", "71 29")]
    [InlineData("1/10 1/10", "50 50")]
    [InlineData("0/10 0/10", "0 0")]
    [InlineData("0/0 3/3", "0 100")]
    [InlineData("5/10 1/10 10/10", "70 14 16")]
    public void Compute_Usable_SpillsOverAsEnvoyDoes(string counts, string expected)
    {
        int[][] parts = [.. counts.Split(' ').Select(part => part.Split('/').Select(int.Parse).ToArray())];
        var percent = new int[parts.Length];
        PriorityLoad.Compute([.. parts.Select(part => part[0])], [.. parts.Select(part => part[1])], percent);
        Assert.Equal(expected, string.Join(' ', percent));
    }

    [Fact]
    public void Compute_AnyCounts_AddUpToAHundredAndNeverUseAnEmptyPriority() =>
        Gen.Select(Gen.Int[0, 50], Gen.Int[0, 50]).Array[1, 6].Sample(pairs =>
        {
            int[] usable = [.. pairs.Select(pair => pair.Item1)], total = [.. pairs.Select(pair => pair.Item1 + pair.Item2)];
            var percent = new int[pairs.Length];
            PriorityLoad.Compute(usable, total, percent);
            return percent.Sum() == (usable.Sum() == 0 ? 0 : 100) && Enumerable.Range(0, pairs.Length).All(i => percent[i] == 0 || usable[i] > 0);
        });

    [Fact]
    public void Pick_FirstPriorityHalfGone_SendsThirtyPercentToTheSecond()
    {
        (BalancerState balancer, BackendHealth health, BackendModel model) = Balancer(minHealth: 0);
        Assert.Equal(1, Share(balancer));

        foreach (EndpointModel endpoint in model.Endpoints[..5]) health.Of(endpoint, 0).SetFailsChecks(true, 0);
        Assert.InRange(Share(balancer), 0.68, 0.72);

        foreach (EndpointModel endpoint in model.Endpoints[..10]) health.Of(endpoint, 0).SetFailsChecks(true, 0);
        Assert.Equal(0, Share(balancer));
    }

    [Fact]
    public void Pick_NothingUsable_IsNull()
    {
        (BalancerState balancer, BackendHealth health, BackendModel model) = Balancer(minHealth: 0);
        foreach (EndpointModel endpoint in model.Endpoints) health.Of(endpoint, 0).SetFailsChecks(true, 0);
        Assert.Null(balancer.Pick(0, _random));
    }

    [Fact]
    public void Pick_BelowMinHealth_IgnoresHealth()
    {
        (BalancerState balancer, BackendHealth health, BackendModel model) = Balancer(minHealth: 50);
        foreach (EndpointModel endpoint in model.Endpoints[..10]) health.Of(endpoint, 0).SetFailsChecks(true, 0);
        Assert.Equal(0, Share(balancer));

        health.Of(model.Endpoints[10], 0).SetFailsChecks(true, 0);
        Assert.Equal(1, Share(balancer));
    }

    [Fact]
    public void Pick_EjectedEndpoint_IsSkippedUntilItsTimeIsOver()
    {
        (BalancerState balancer, BackendHealth health, BackendModel model) = Balancer(minHealth: 0);
        EndpointHealth endpoint = health.Of(model.Endpoints[3], 0);
        for (int i = 0; i < 5; i++) endpoint.Observe(AttemptResult.Response, 500, -1, isProbe: false, 0, _random);

        Assert.Equal(0, Count(balancer, 3, now: 29_999_999));
        Assert.InRange(Count(balancer, 3, now: 30_000_000), 800, 1_200);
    }

    [Fact]
    public void Pick_AccrualProbe_SendsOneRequestOnly()
    {
        var model = Backends.Compile(new Backend { Name = "b", Endpoints = { Backends.Endpoint(1), Backends.Endpoint(2) } });
        var health = new BackendHealth();
        health.Update(null, FailureAccrualModel.Compile(new FailureAccrual { ConsecutiveFailures = 2 }), model.Endpoints, 0);
        var balancer = new BalancerState(new EndpointTable());
        balancer.Update(model, 0, health);
        EndpointHealth bad = health.Of(model.Endpoints[0], 0);
        for (int i = 0; i < 2; i++) bad.Observe(AttemptResult.Response, 503, -1, isProbe: false, 0, _random);

        int probes = 0;
        for (int i = 0; i < 1_000; i++)
        {
            Candidate picked = balancer.Pick(default, 1_000_000, _random, out bool isProbe)!;
            if (isProbe) probes++;
            Assert.Equal(isProbe, ReferenceEquals(picked.Health, bad));
        }
        Assert.Equal(1, probes);
    }

    [Fact]
    public void Pick_Tried_GoesElsewhereWhileThereIsAnother()
    {
        BalancerState balancer = PolicyTests.Balancer(BalancingPolicy.BalancingLeastRequest, 1, 1, 1);
        var tried = new TriedEndpoints();
        var seen = new HashSet<int>();
        for (int i = 0; i < 3; i++)
        {
            Candidate picked = balancer.Pick(new PickRequest { Tried = tried }, i, _random, out _)!;
            Assert.True(seen.Add(picked.Index));
            tried.Add(picked);
        }
        Assert.NotNull(balancer.Pick(new PickRequest { Tried = tried }, 4, _random, out _));
    }

    [Fact]
    public void Pick_TriedPriority_IsAvoidedWhereAsked()
    {
        (BalancerState balancer, BackendHealth health, BackendModel model) = Balancer(minHealth: 0);
        foreach (EndpointModel endpoint in model.Endpoints[..4]) health.Of(endpoint, 0).SetFailsChecks(true, 0);
        var tried = new TriedEndpoints();
        tried.Add(balancer.Candidates[5]);
        for (int i = 0; i < 200; i++)
            Assert.Equal(1, balancer.Pick(new PickRequest { Tried = tried, AvoidTriedPriorities = true }, i, _random, out _)!.Priority);
    }

    /// <summary>Ten endpoints of priority 0 and ten of priority 1.</summary>
    private static (BalancerState Balancer, BackendHealth Health, BackendModel Model) Balancer(uint minHealth)
    {
        var backend = new Backend
        {
            Name = "users.shop:80",
            LoadBalancer = new LoadBalancer { Policy = BalancingPolicy.BalancingRandom },
            OutlierDetection = new OutlierDetection { Consecutive5Xx = 5, MaxEjectionPercent = 100, MinHealthPercent = minHealth },
        };
        for (int i = 1; i <= 20; i++) backend.Endpoints.Add(Backends.Endpoint(i, priority: i <= 10 ? 0u : 1));
        BackendModel model = Backends.Compile(backend);
        var health = new BackendHealth();
        health.Update(model.Outlier, model.FailureAccrual, model.Endpoints, 0);
        var balancer = new BalancerState(new EndpointTable());
        balancer.Update(model, 0, health);
        return (balancer, health, model);
    }

    private double Share(BalancerState balancer)
    {
        int first = 0;
        for (int i = 0; i < 10_000; i++)
        {
            if (balancer.Pick(default, 0, _random, out _)!.Priority == 0) first++;
        }
        return first / 10_000d;
    }

    private int Count(BalancerState balancer, int index, long now)
    {
        int count = 0;
        for (int i = 0; i < 10_000; i++)
        {
            if (balancer.Pick(default, now, _random, out _)!.Index == index) count++;
        }
        return count;
    }
}
