using CsCheck;
using Tulle.Protocol;
using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Tests.Resilience;

public sealed class RetryBudgetTests
{
    private const long Second = 1_000_000;

    [Fact]
    public void TryTake_Default_GivesTwentyPercentAndTenASecondOverTenSeconds()
    {
        var budget = new RetryBudgetState(RetryBudgetModel.Default);
        for (int i = 0; i < 50; i++) budget.OnRequest(Second);

        // 20 % of 50 and 10 × 10 s.
        Assert.Equal(110, TakeAll(budget, Second));
        Assert.False(budget.TryTake(2 * Second));
    }

    [Fact]
    public void TryTake_WindowPassed_CountsAnew()
    {
        var budget = new RetryBudgetState(RetryBudgetModel.Default);
        for (int i = 0; i < 50; i++) budget.OnRequest(0);
        Assert.Equal(110, TakeAll(budget, 0));

        Assert.Equal(0, TakeAll(budget, 9 * Second));
        Assert.Equal(100, TakeAll(budget, 10 * Second));
    }

    [Fact]
    public void TryTake_NothingAllowed_IsFalse() => Assert.Equal(0, TakeAll(new RetryBudgetState(new RetryBudgetModel(0, 0, 10 * Second)), 0));

    [Fact]
    public void TryTake_AnyTraffic_IsAllowedExactlyWhileTheWindowPaysForIt()
    {
        Gen.Select(Gen.UInt[0, 1_000_000], Gen.UInt[0, 2], Gen.Select(Gen.Bool, Gen.Int[0, 700_000]).Array[1, 400]).Sample((ratio, minimum, events) =>
        {
            var model = new RetryBudgetModel(ratio, minimum, 10 * Second);
            var budget = new RetryBudgetState(model);
            var requests = new List<long>();
            var retries = new List<long>();
            long now = 0;
            foreach ((bool isRequest, int step) in events)
            {
                now += step;
                if (isRequest)
                {
                    requests.Add(now);
                    budget.OnRequest(now);
                    continue;
                }
                // The window's ten slots are whole seconds here.
                long oldest = (now / Second - 9) * Second;
                bool expected = retries.Count(time => time >= oldest) < model.Allowance(requests.Count(time => time >= oldest));
                bool taken = budget.TryTake(now);
                if (taken) retries.Add(now);
                if (taken != expected) return false;
            }
            return true;
        });
    }

    [Fact]
    public async Task TryTake_ManyThreads_GivesNoneTwice()
    {
        var budget = new RetryBudgetState(new RetryBudgetModel(100_000, 0, 10 * Second));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++) budget.OnRequest(Second);
        })));
        int[] taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => TakeAll(budget, Second))));
        Assert.Equal(4_000, taken.Sum());
    }

    [Fact]
    public void Compile_Bounds_AreLinkerds()
    {
        Assert.Equal(new RetryBudgetModel(200_000, 10, 10 * Second), RetryBudgetModel.Compile(null));
        Assert.Equal(new RetryBudgetModel(500_000, 3, 60 * Second), RetryBudgetModel.Compile(new RetryBudget { RatioPpm = 500_000, MinPerSecond = 3, TtlMs = 900_000 }));
    }

    private static int TakeAll(RetryBudgetState budget, long now)
    {
        int taken = 0;
        while (budget.TryTake(now)) taken++;
        return taken;
    }
}
