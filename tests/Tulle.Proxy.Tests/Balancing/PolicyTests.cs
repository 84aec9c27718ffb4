using Tulle.Protocol;
using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Tests.Balancing;

public sealed class PolicyTests
{
    private readonly XoshiroRandom _random = new(3);

    [Theory]
    [InlineData(BalancingPolicy.BalancingPeakEwma)]
    [InlineData(BalancingPolicy.BalancingLeastRequest)]
    [InlineData(BalancingPolicy.BalancingRoundRobin)]
    [InlineData(BalancingPolicy.BalancingRandom)]
    [InlineData(BalancingPolicy.BalancingRingHash)]
    [InlineData(BalancingPolicy.BalancingMaglev)]
    [InlineData(BalancingPolicy.BalancingPassthrough)]
    public void Pick_EqualIdleEndpoints_SpreadsEvenly(BalancingPolicy policy)
    {
        int[] counts = Spread(Balancer(policy, 1, 1, 1, 1, 1, 1, 1, 1), 40_000);
        Assert.All(counts, count => Assert.InRange(count, 4_700, 5_300));
    }

    [Theory]
    [InlineData(BalancingPolicy.BalancingPeakEwma)]
    [InlineData(BalancingPolicy.BalancingLeastRequest)]
    [InlineData(BalancingPolicy.BalancingRoundRobin)]
    [InlineData(BalancingPolicy.BalancingRandom)]
    public void Pick_Weights_AreTheShares(BalancingPolicy policy)
    {
        int[] counts = Spread(Balancer(policy, 1, 3, 6), 50_000);
        Assert.InRange(counts[0], 4_700, 5_300);
        Assert.InRange(counts[1], 14_500, 15_500);
        Assert.InRange(counts[2], 29_300, 30_700);
    }

    [Fact]
    public void RoundRobin_EqualWeights_TakesEachInTurn()
    {
        BalancerState balancer = Balancer(BalancingPolicy.BalancingRoundRobin, 1, 1, 1);
        int[] turns = [.. Enumerable.Range(0, 6).Select(_ => Pick(balancer))];
        Assert.Equal([0, 1, 2, 0, 1, 2], turns);
    }

    [Fact]
    public void RoundRobin_Weights_AreSmooth()
    {
        BalancerState balancer = Balancer(BalancingPolicy.BalancingRoundRobin, 5, 1, 1);
        int[] turns = [.. Enumerable.Range(0, 70).Select(_ => Pick(balancer))];
        for (int i = 0; i < turns.Length; i += 7)
        {
            int[] round = turns[i..(i + 7)];
            Assert.Equal(5, round.Count(turn => turn == 0));
            Assert.Equal(1, round.Count(turn => turn == 1));
        }
        // Never all five in a row.
        Assert.DoesNotContain("00000", string.Concat(turns), StringComparison.Ordinal);
    }

    [Fact]
    public void LeastRequest_BusyEndpoint_GetsLess()
    {
        BalancerState balancer = Balancer(BalancingPolicy.BalancingLeastRequest, 1, 1, 1, 1);
        for (int i = 0; i < 5; i++) balancer.Endpoints[2].Begin();
        // Only drawn twice would it be chosen, and two draws are never the same one.
        Assert.Equal(0, Spread(balancer, 10_000)[2]);
    }

    [Fact]
    public void LeastRequest_UnderLoad_KeepsInFlightInProportionToTheWeights()
    {
        BalancerState balancer = Balancer(BalancingPolicy.BalancingLeastRequest, 1, 4);
        for (int i = 0; i < 1_000; i++) balancer.Pick(i, _random)!.Begin();
        Assert.InRange(balancer.Endpoints[0].InFlight, 180, 220);
    }

    [Fact]
    public void SlowStart_NewEndpoint_GetsItsShareOverTime()
    {
        const long window = 100_000_000;
        foreach (BalancingPolicy policy in new[] { BalancingPolicy.BalancingRoundRobin, BalancingPolicy.BalancingLeastRequest, BalancingPolicy.BalancingRandom })
        {
            var slow = new LoadBalancer { Policy = policy, SlowStart = new SlowStart { WindowMs = window / 1_000, MinPercent = 10, Aggression = 1 } };
            var health = new Tulle.Proxy.Resilience.BackendHealth();
            var balancer = new BalancerState(new EndpointTable());
            var old = Backends.With(slow, Backends.Endpoint(1));
            health.Update(null, null, old.Endpoints, 0);
            balancer.Update(old, 0, health);
            var both = Backends.With(slow, Backends.Endpoint(1), Backends.Endpoint(2));
            health.Update(null, null, both.Endpoints, window);
            balancer.Update(both, window, health);

            // Factor f of a second endpoint is a share of f / (1 + f).
            Assert.InRange(Share(window), 0.07, 0.12);
            Assert.InRange(Share(window + window / 2), 0.30, 0.37);
            Assert.InRange(Share(2 * window), 0.47, 0.53);

            double Share(long now)
            {
                int second = 0;
                for (int i = 0; i < 10_000; i++)
                {
                    if (balancer.Pick(now, _random) == balancer.Endpoints[1]) second++;
                }
                return second / 10_000d;
            }
        }
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(5, 10)]
    [InlineData(25, 25)]
    [InlineData(100, 100)]
    [InlineData(200, 100)]
    public void SlowStart_Linear_IsTheAgeButNotLessThanTheMinimum(int age, int percent) =>
        Assert.Equal(percent / 100d, SlowStartModel.Compile(new SlowStart { WindowMs = 100 })!.Factor(age * 1_000L), 6);

    [Fact]
    public void SlowStart_Aggression_IsItsRoot() =>
        Assert.Equal(0.5, SlowStartModel.Compile(new SlowStart { WindowMs = 100, Aggression = 2 })!.Factor(25_000), 6);

    [Fact]
    public void Passthrough_OriginalAddress_IsTheOne()
    {
        BalancerState balancer = Balancer(BalancingPolicy.BalancingPassthrough, 1, 1, 1);
        for (int i = 0; i < 20; i++)
            Assert.Equal(2, balancer.Pick(new PickRequest { Original = "10.0.0.4:80" }, i, _random, out _)!.Index);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(100)]
    [InlineData(5_000)]
    public void Pick_AnyPolicy_AllocatesNothing(int endpoints)
    {
        foreach (BalancingPolicy policy in Enum.GetValues<BalancingPolicy>())
        {
            BalancerState balancer = Balancer(policy, [.. Enumerable.Range(0, endpoints).Select(i => (uint)(i % 3 + 1))]);
            RunMany(balancer);
            long before = GC.GetAllocatedBytesForCurrentThread();
            RunMany(balancer);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        void RunMany(BalancerState balancer)
        {
            for (int i = 0; i < 200; i++) _ = balancer.Pick(new PickRequest { HasHash = true, Hash = KeyHash.Next((ulong)i) }, i, _random, out _);
        }
    }

    internal static BalancerState Balancer(BalancingPolicy policy, params uint[] weights)
    {
        var balancer = new BalancerState(new EndpointTable());
        balancer.Update(Backends.With(new LoadBalancer { Policy = policy }, [.. weights.Select((weight, i) => Backends.Endpoint(i + 1, weight: weight))]), now: 0);
        return balancer;
    }

    private int Pick(BalancerState balancer) => balancer.Pick(default, 0, _random, out _)!.Index;

    private int[] Spread(BalancerState balancer, int requests)
    {
        var counts = new int[balancer.Endpoints.Length];
        for (int i = 0; i < requests; i++) counts[balancer.Pick(default, i, _random, out _)!.Index]++;
        return counts;
    }
}
