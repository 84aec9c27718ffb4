using CsCheck;
using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Tests.Balancing;

public sealed class HashPolicyTests
{
    private const int Keys = 20_000;

    private readonly XoshiroRandom _random = new(9);

    [Theory]
    [InlineData(BalancingPolicy.BalancingRingHash, 0.12)]
    [InlineData(BalancingPolicy.BalancingMaglev, 0.06)]
    public void Pick_Keys_SpreadByWeight(BalancingPolicy policy, double tolerance)
    {
        BalancerState balancer = PolicyTests.Balancer(policy, 1, 1, 2, 4);
        int[] counts = Owners(balancer).GroupBy(owner => owner).OrderBy(group => group.Key).Select(group => group.Count()).ToArray();
        foreach ((int count, int weight) in counts.Zip(new[] { 1, 1, 2, 4 }))
            Assert.InRange(count, Keys * weight / 8d * (1 - tolerance), Keys * weight / 8d * (1 + tolerance));
    }

    [Theory]
    [InlineData(BalancingPolicy.BalancingRingHash)]
    [InlineData(BalancingPolicy.BalancingMaglev)]
    public void Pick_SameKey_IsSameEndpointInEveryProxyWhateverTheOrder(BalancingPolicy policy)
    {
        int[] numbers = [.. Enumerable.Range(1, 12)];
        BalancerState one = Balancer(policy, numbers), other = Balancer(policy, [.. numbers.Reverse()]);
        for (ulong i = 0; i < 1_000; i++)
        {
            // Maglev's turns go by order, so only the ring is the same for another one; the control plane keeps the order.
            string first = KeyOf(one, i);
            Assert.Equal(first, KeyOf(one, i));
            if (policy == BalancingPolicy.BalancingRingHash) Assert.Equal(first, KeyOf(other, i));
        }
    }

    [Theory]
    [InlineData(BalancingPolicy.BalancingRingHash, 0)]
    [InlineData(BalancingPolicy.BalancingMaglev, 0.06)]
    public void Pick_EndpointLeaves_MovesItsKeysAndHardlyOthers(BalancingPolicy policy, double others)
    {
        Gen.Select(Gen.Int[3, 40], Gen.Int[0, 1_000]).Sample(
            (count, seed) =>
            {
                int[] numbers = [.. Enumerable.Range(1, count)];
                int left = numbers[seed % count];
                BalancerState before = Balancer(policy, numbers), after = Balancer(policy, [.. numbers.Where(number => number != left)]);
                string gone = Backends.Of(left).Endpoints[0].Key;
                int moved = 0, kept = 0;
                for (ulong i = 0; i < 2_000; i++)
                {
                    string was = KeyOf(before, i);
                    if (was == gone) continue;
                    if (was == KeyOf(after, i)) kept++;
                    else moved++;
                }
                return moved <= (moved + kept) * others;
            },
            iter: 20);
    }

    [Theory]
    [InlineData(BalancingPolicy.BalancingRingHash)]
    [InlineData(BalancingPolicy.BalancingMaglev)]
    public void Pick_EndpointUnusable_MovesOnlyItsKeysAndTheyComeBack(BalancingPolicy policy)
    {
        BackendModel model = Backends.With(new LoadBalancer { Policy = policy }, [.. Enumerable.Range(1, 10).Select(i => Backends.Endpoint(i))]);
        var health = new Tulle.Proxy.Resilience.BackendHealth();
        health.Update(null, null, model.Endpoints, 0);
        var balancer = new BalancerState(new EndpointTable());
        balancer.Update(model, 0, health);
        int[] before = Owners(balancer);

        health.Of(model.Endpoints[4], 0).SetFailsChecks(true, 0);
        int[] during = Owners(balancer);
        health.Of(model.Endpoints[4], 0).SetFailsChecks(false, 0);

        var heirs = new HashSet<int>();
        for (int i = 0; i < Keys; i++)
        {
            if (before[i] == 4) heirs.Add(during[i]);
            else Assert.Equal(before[i], during[i]);
        }
        Assert.Equal(9, heirs.Count);
        Assert.DoesNotContain(4, heirs);
        Assert.Equal(before, Owners(balancer));
    }

    [Fact]
    public void Pick_OwnerCannotBeConnectedTo_TakesTheNext()
    {
        BalancerState balancer = PolicyTests.Balancer(BalancingPolicy.BalancingRingHash, 1, 1, 1);
        Candidate owner = Pick(balancer, 7, 0)!;
        owner.State.OnConnectFailed(0);
        Assert.NotSame(owner, Pick(balancer, 7, 1));
        Assert.Same(owner, Pick(balancer, 7, ConnectBackoff.FirstMicros));
    }

    [Fact]
    public void Pick_AllAvoided_StillAnswersSoon()
    {
        BalancerState balancer = PolicyTests.Balancer(BalancingPolicy.BalancingRingHash, 1, 1);
        foreach (EndpointState endpoint in balancer.Endpoints) endpoint.OnConnectFailed(0);
        Assert.NotNull(Pick(balancer, 7, 1));
    }

    [Theory]
    [InlineData(0UL, 65_537)]
    [InlineData(7UL, 7)]
    [InlineData(100UL, 101)]
    [InlineData(99_999_999UL, 5_000_011)]
    public void Maglev_Size_IsAPrime(ulong asked, int expected) =>
        Assert.Equal(expected, new MaglevTable([("10.0.0.1:80", 1)], asked).Size);

    [Theory]
    [InlineData(0UL, 1, 1_024)]
    [InlineData(2_048UL, 3, 3 * 2_048)]
    [InlineData(0UL, 100, 12_800)]
    [InlineData(50_000UL, 100, 50_000)]
    [InlineData(0UL, 5_000, 320_000)]
    [InlineData(99_999_999UL, 10, 1_048_570)]
    public void Ring_Size_IsTheMinimumOrEnoughForItsEndpoints(ulong asked, int endpoints, int least)
    {
        (string, int)[] members = [.. Enumerable.Range(0, endpoints).Select(i => ($"10.0.0.{i}:80", 1))];
        Assert.InRange(new HashRing(members, asked).Size, least, least + endpoints);
    }

    [Fact]
    public void KeyHash_Values_AreFixedForEver()
    {
        string hashes = $"{KeyHash.Of("user-17"u8):X16} {KeyHash.Of("a key of more than eight bytes"u8):X16} {KeyHash.Of([]):X16} {KeyHash.Next(1):X16}";
        Assert.Equal("7137A9D74F58C350 7756FE4830370369 CCD4A3C79E29E6A4 9809D779EAB88046", hashes);
    }

    [Fact]
    public void KeyHash_Bits_AreBalanced()
    {
        var ones = new int[64];
        for (int i = 0; i < 10_000; i++)
        {
            ulong hash = KeyHash.Of(BitConverter.GetBytes(i));
            for (int bit = 0; bit < 64; bit++) ones[bit] += (int)(hash >> bit & 1);
        }
        Assert.All(ones, count => Assert.InRange(count, 4_700, 5_300));
    }

    private static BalancerState Balancer(BalancingPolicy policy, int[] numbers)
    {
        var balancer = new BalancerState(new EndpointTable());
        balancer.Update(Backends.With(new LoadBalancer { Policy = policy }, [.. numbers.Select(number => Backends.Endpoint(number))]), now: 0);
        return balancer;
    }

    private Candidate? Pick(BalancerState balancer, ulong key, long now) =>
        balancer.Pick(new PickRequest { HasHash = true, Hash = KeyHash.Of(BitConverter.GetBytes(key)) }, now, _random, out _);

    private string KeyOf(BalancerState balancer, ulong key) => Pick(balancer, key, 0)!.State.Model.Key;

    private int[] Owners(BalancerState balancer) => [.. Enumerable.Range(0, Keys).Select(i => Pick(balancer, (ulong)i, 0)!.Index)];
}
