using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Tests.Balancing;

public sealed class BalancerStateTests
{
    private const long Second = 1_000_000;

    private readonly EndpointTable _table = new();

    [Fact]
    public void Pick_NoEndpoint_IsNull() => Assert.Null(Balancer().Pick(0, new ScriptedRandom()));

    [Fact]
    public void Pick_OneEndpoint_AsksForNoRandomness() => Assert.NotNull(Balancer(1).Pick(0, new ScriptedRandom()));

    [Fact]
    public void Pick_TwoChoices_TakesTheOneWithFewerInFlight()
    {
        BalancerState balancer = Balancer(1, 2, 3);
        balancer.Endpoints[0].Begin();

        Assert.Same(balancer.Endpoints[2], balancer.Pick(0, new ScriptedRandom(0, 1)));
        Assert.Same(balancer.Endpoints[1], balancer.Pick(0, new ScriptedRandom(1, 0)));
    }

    [Fact]
    public void Pick_TwoChoices_TakesTheFasterOne()
    {
        BalancerState balancer = Balancer(1, 2);
        Serve(balancer.Endpoints[0], Second, rtt: 50_000);
        Serve(balancer.Endpoints[1], Second, rtt: 40_000);

        Assert.Same(balancer.Endpoints[1], balancer.Pick(Second, new ScriptedRandom(0, 0)));
    }

    [Fact]
    public void Pick_AfterConnectFailure_AvoidsTheEndpointUntilItsBackoffEnds()
    {
        BalancerState balancer = Balancer(1, 2);
        balancer.Endpoints[0].OnConnectFailed(0);
        balancer.Endpoints[1].Begin();

        Assert.Same(balancer.Endpoints[1], balancer.Pick(ConnectBackoff.FirstMicros - 1, new ScriptedRandom(0, 0)));
        Assert.Same(balancer.Endpoints[0], balancer.Pick(ConnectBackoff.FirstMicros, new ScriptedRandom(0, 0)));
    }

    [Fact]
    public void Pick_BothChoicesAvoided_FindsTheOneThatIsNot()
    {
        BalancerState balancer = Balancer(1, 2, 3, 4);
        for (int i = 0; i < 3; i++) balancer.Endpoints[i].OnConnectFailed(0);

        Assert.Same(balancer.Endpoints[3], balancer.Pick(1, new ScriptedRandom(0, 0, 2)));
    }

    [Fact]
    public void Pick_AllAvoided_StillAnswers()
    {
        BalancerState balancer = Balancer(1, 2);
        balancer.Endpoints[0].OnConnectFailed(0);
        balancer.Endpoints[1].OnConnectFailed(0);

        Assert.NotNull(balancer.Pick(1, new ScriptedRandom(0, 0, 0)));
    }

    [Fact]
    public void Pick_EqualEndpoints_SpreadsEvenly()
    {
        int[] numbers = [.. Enumerable.Range(0, 10)];
        BalancerState balancer = Balancer(numbers);
        var random = new XoshiroRandom(7);
        var counts = new Dictionary<EndpointState, int>();

        for (int i = 0; i < 20_000; i++)
        {
            EndpointState picked = balancer.Pick(i, random)!;
            counts[picked] = counts.GetValueOrDefault(picked) + 1;
        }

        Assert.Equal(10, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 1_800, 2_200));
    }

    [Fact]
    public void Pick_OneSlowEndpoint_GetsFarLessThanItsShare()
    {
        BalancerState balancer = Balancer([.. Enumerable.Range(0, 10)]);
        var random = new XoshiroRandom(11);
        int slow = 0;
        long now = 0;
        for (int i = 0; i < 20_000; i++)
        {
            now += 1_000;
            EndpointState picked = balancer.Pick(now, random)!;
            bool isSlow = picked == balancer.Endpoints[0];
            if (isSlow) slow++;
            Serve(picked, now, rtt: isSlow ? 500_000 : 5_000);
        }

        Assert.InRange(slow, 1, 20_000 / 10 / 4);
    }

    [Fact]
    public void Update_SurvivingEndpoint_KeepsItsStateAndLostOneIsRetired()
    {
        BalancerState balancer = Balancer(1, 2);
        EndpointState kept = balancer.Endpoints[1];
        EndpointState lost = balancer.Endpoints[0];
        var attachment = new Attachment();
        lost.Attachment = attachment;
        kept.Begin();

        balancer.Update(Backends.Of(2, 3), now: 5);

        Assert.Same(kept, balancer.Endpoints[0]);
        Assert.Equal(1, kept.InFlight);
        Assert.False(kept.IsRemoved);
        Assert.True(lost.IsRemoved);
        Assert.Equal(1, attachment.Retired);
        Assert.Equal(2, _table.Count);
    }

    [Fact]
    public void Update_SameAddressOtherIdentity_IsAnotherEndpoint()
    {
        BalancerState balancer = Balancer(1);
        EndpointState plain = balancer.Endpoints[0];

        balancer.Update(Backends.Of("spiffe://cluster.local/ns/shop/sa/users", 1), now: 5);

        Assert.NotSame(plain, balancer.Endpoints[0]);
        Assert.True(plain.IsRemoved);
    }

    [Fact]
    public void Clear_EndpointOfTwoBackends_StaysUntilBothAreGone()
    {
        BalancerState one = Balancer(1), two = Balancer(1);
        EndpointState shared = one.Endpoints[0];
        Assert.Same(shared, two.Endpoints[0]);

        one.Clear();
        Assert.False(shared.IsRemoved);

        two.Clear();
        Assert.True(shared.IsRemoved);
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void Pick_InSteadyState_AllocatesNothing()
    {
        BalancerState balancer = Balancer([.. Enumerable.Range(0, 100)]);
        var random = new XoshiroRandom(1);
        RunMany();
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunMany();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void RunMany()
        {
            for (int i = 0; i < 1_000; i++)
            {
                EndpointState picked = balancer.Pick(i, random)!;
                picked.Begin();
                picked.End(i, 100);
            }
        }
    }

    private BalancerState Balancer(params int[] numbers)
    {
        var balancer = new BalancerState(_table);
        balancer.Update(Backends.Of(numbers), now: 0);
        return balancer;
    }

    private static void Serve(EndpointState endpoint, long now, long rtt)
    {
        endpoint.Begin();
        endpoint.End(now, rtt);
    }

    private sealed class Attachment : IEndpointAttachment
    {
        public int Retired { get; private set; }

        public void Retire() => Retired++;
    }
}
