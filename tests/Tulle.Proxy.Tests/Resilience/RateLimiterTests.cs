using CsCheck;
using Tulle.Protocol;
using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Tests.Resilience;

public sealed class RateLimiterTests
{
    private const long Second = 1_000_000;

    private readonly RateLimiter _limiter = new();

    [Fact]
    public void TryPass_Burst_ThenTheRate()
    {
        RateLimitModel model = Compile(new RateLimit { RequestsPerSecond = 10, Burst = 5 });
        Assert.Equal(5, PassAll(model, "", 0));
        Assert.Equal(0, PassAll(model, "", 99_999));
        Assert.Equal(1, PassAll(model, "", 100_000));
        Assert.Equal(5, PassAll(model, "", 10 * Second));
    }

    [Fact]
    public void TryPass_Refused_SaysWhenToComeBack()
    {
        RateLimitModel model = Compile(new RateLimit { RequestsPerSecond = 2, Burst = 1 });
        Assert.True(_limiter.TryPass(model, "", 0, out _));
        Assert.False(_limiter.TryPass(model, "", 100_000, out long wait));
        Assert.Equal(400_000, wait);
        Assert.True(_limiter.TryPass(model, "", 500_000, out _));
    }

    [Fact]
    public void TryPass_Identities_HaveTheirOwnRatesAndOverrides()
    {
        RateLimitModel model = Compile(new RateLimit
        {
            PerIdentityPerSecond = 2,
            Overrides = { new IdentityRate { Identities = { "spiffe://mesh/a" }, RequestsPerSecond = 7 } },
        });
        Assert.Equal(7, PassAll(model, "spiffe://mesh/a", 0));
        Assert.Equal(2, PassAll(model, "spiffe://mesh/b", 0));
        Assert.Equal(2, PassAll(model, "", 0));
    }

    [Fact]
    public void TryPass_OneGreedyIdentity_LeavesTheCommonRateToTheOthers()
    {
        RateLimitModel model = Compile(new RateLimit { RequestsPerSecond = 10, Burst = 10, PerIdentityPerSecond = 4 });
        Assert.Equal(4, PassAll(model, "greedy", 0));
        Assert.Equal(4, PassAll(model, "modest", 0));
        Assert.Equal(2, PassAll(model, "late", 0));
    }

    [Fact]
    public void TryPass_ManyIdentities_AreBoundedAndForgottenWhenSilent()
    {
        RateLimitModel model = Compile(new RateLimit { PerIdentityPerSecond = 1 });
        for (int i = 0; i < RateLimiter.MaxIdentities; i++) Assert.True(_limiter.TryPass(model, $"id-{i}", 0, out _));
        // One more than the table holds shares a bucket with all others beyond it.
        Assert.True(_limiter.TryPass(model, "beyond-1", 0, out _));
        Assert.False(_limiter.TryPass(model, "beyond-2", 0, out _));
        Assert.Equal(RateLimiter.MaxIdentities, _limiter.IdentityCount);

        Assert.True(_limiter.TryPass(model, "late", 2 * Second, out _));
        Assert.Equal(1, _limiter.IdentityCount);
    }

    [Fact]
    public async Task TryPass_ManyThreads_PassNoMoreThanTheBurst()
    {
        RateLimitModel model = Compile(new RateLimit { RequestsPerSecond = 1_000, Burst = 1_000 });
        int[] passed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => PassAll(model, "", 0))));
        Assert.Equal(1_000, passed.Sum());
    }

    [Fact]
    public void TryPass_AnyArrivals_NeverExceedRateAndBurst()
    {
        Gen.Select(Gen.Int[1, 1_000], Gen.UInt[1, 50], Gen.Int[0, 20_000].Array[1, 500]).Sample((rate, burst, steps) =>
        {
            var limiter = new RateLimiter();
            RateLimitModel model = Compile(new RateLimit { RequestsPerSecond = rate, Burst = burst });
            long now = 0, passed = 0;
            foreach (int step in steps)
            {
                now += step;
                if (limiter.TryPass(model, "", now, out _)) passed++;
                if (passed > burst + now * rate / (double)Second + 1e-3 * passed + 1) return false;
            }
            return true;
        });
    }

    [Fact]
    public void TryPass_KnownIdentity_AllocatesNothing()
    {
        RateLimitModel model = Compile(new RateLimit { RequestsPerSecond = 1e6, PerIdentityPerSecond = 1e5 });
        _limiter.TryPass(model, "a", 0, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) _limiter.TryPass(model, "a", i, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Compile_NotARate_NamesIt(double rate) =>
        Assert.Contains("rate limit", RateLimitModel.Compile(new RateLimit { RequestsPerSecond = rate }).Error!, StringComparison.Ordinal);

    [Fact]
    public void Compile_NoLimit_IsNone() => Assert.Null(RateLimitModel.Compile(new RateLimit()).Model);

    private static RateLimitModel Compile(RateLimit limit)
    {
        (RateLimitModel? model, string? error) = RateLimitModel.Compile(limit);
        Assert.Null(error);
        return model!;
    }

    private int PassAll(RateLimitModel model, string identity, long now)
    {
        int passed = 0;
        while (passed < 100_000 && _limiter.TryPass(model, identity, now, out _)) passed++;
        return passed;
    }
}
