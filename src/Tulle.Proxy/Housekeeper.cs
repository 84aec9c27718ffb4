using Tulle.Transport;

namespace Tulle.Proxy;

/// <summary>The periodic work of a loop: closes pooled connections and forgets destinations that were not used, and frees spare buffers.</summary>
internal sealed class Housekeeper(Worker worker) : LoopTimer
{
    // Idle limits are tens of seconds and more; being late by this much does not matter.
    private const int PeriodMs = 5_000;

    public void Start() => worker.Loop.Timers.Arm(this, worker.Loop.NowMs + PeriodMs);

    public void Stop() => worker.Loop.Timers.Cancel(this);

    protected override void Fire()
    {
        long now = worker.Loop.NowMs;
        worker.CloseIdle(now - (long)worker.Config.PoolIdleTimeout.TotalMilliseconds);
        worker.Destinations.ForgetUnused(now - (long)worker.Config.DestinationIdleTimeout.TotalMilliseconds);
        worker.TrimPools();
        Start();
    }
}
