using CsCheck;

namespace Tulle.Transport.Tests;

public sealed class TimerWheelTests
{
    [Fact]
    public void Advance_RandomOperations_FiresExactlyWhatIsDueAndNeverEarly()
    {
        // Operations: (timer, kind, milliseconds); kind 0 to 2 arms, 3 cancels, 4 advances the clock.
        var operation = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 4], Gen.OneOf(Gen.Int[0, 100], Gen.Int[0, 30_000]));
        operation.List[1, 200].Sample(operations =>
        {
            long now = 1_000;
            var wheel = new TimerWheel(now);
            TestTimer[] timers = [.. Enumerable.Range(0, 10).Select(_ => new TestTimer())];
            foreach ((int index, int kind, int ms) in operations)
            {
                TestTimer timer = timers[index];
                switch (kind)
                {
                    case < 3:
                        timer.Due = now + ms;
                        wheel.Arm(timer, now + ms);
                        break;
                    case 3:
                        timer.Due = long.MaxValue;
                        wheel.Cancel(timer);
                        break;
                    default:
                        now += ms;
                        foreach (TestTimer each in timers) each.Fired = 0;
                        wheel.Advance(now);
                        foreach (TestTimer each in timers)
                        {
                            bool mayFire = each.Due <= now;
                            bool mustFire = each.Due <= now - TimerWheel.TickMs;
                            if (each.Fired > (mayFire ? 1 : 0) || (mustFire && each.Fired != 1)) return false;
                            if (each.Fired == 1) each.Due = long.MaxValue;
                        }
                        break;
                }
            }
            return true;
        });
    }

    [Fact]
    public void DelayMs_TimerArmed_NeverSleepsPastIt()
    {
        Gen.Select(Gen.Long[0, 100_000], Gen.Int[0, 60_000]).Sample((start, ms) =>
        {
            var wheel = new TimerWheel(start);
            var timer = new TestTimer();
            wheel.Arm(timer, start + ms);
            long now = start;
            // Sleeps as the loop would, until it fires.
            for (int i = 0; i < 100 && timer.Fired == 0; i++)
            {
                int delay = wheel.DelayMs(now);
                if (delay < 0 || now + delay > start + ms + 2 * TimerWheel.TickMs) return false;
                now += delay;
                wheel.Advance(now);
            }
            return timer.Fired == 1 && now >= start + ms;
        });
    }

    [Fact]
    public void DelayMs_Empty_IsForEver() => Assert.Equal(-1, new TimerWheel(0).DelayMs(0));

    [Fact]
    public void Cancel_InsideAnotherTimersCallback_KeepsItFromFiring()
    {
        var wheel = new TimerWheel(0);
        var victim = new TestTimer();
        var killer = new TestTimer { OnFire = () => wheel.Cancel(victim) };
        // The one armed last fires last within a slot; either way the cancelled one must stay silent if it comes second.
        wheel.Arm(killer, 10);
        wheel.Arm(victim, 10);
        wheel.Advance(100);
        Assert.Equal(1, killer.Fired);
        Assert.InRange(victim.Fired, 0, 1);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void Arm_InsideItsOwnCallback_FiresAgain()
    {
        var wheel = new TimerWheel(0);
        var timer = new TestTimer();
        timer.OnFire = () =>
        {
            if (timer.Fired < 3) wheel.Arm(timer, timer.Fired * 100 + 50);
        };
        wheel.Arm(timer, 10);
        for (int now = 0; now <= 1_000; now += 10) wheel.Advance(now);
        Assert.Equal(3, timer.Fired);
    }

    private sealed class TestTimer : LoopTimer
    {
        public long Due = long.MaxValue;
        public int Fired;
        public Action? OnFire;

        protected internal override void Fire()
        {
            Fired++;
            OnFire?.Invoke();
        }
    }
}
