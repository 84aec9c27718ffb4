using Tulle.Local.Compose;

namespace Tulle.Local.Supervision;

/// <summary>Watches the health of one run of a process: quickly until it is healthy, then at the healthcheck's interval.</summary>
internal sealed class HealthMonitor(HealthProbe probe, HealthcheckConfig config, TimeProvider clock, Action<bool, string> changed)
{
    // How often a replica that is not healthy yet is asked: its readiness is what others wait for.
    private static readonly TimeSpan Impatience = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until cancelled; reports each change between healthy and unhealthy, and what was wrong.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        long started = clock.GetTimestamp();
        bool healthy = false;
        bool said = false;
        int failures = 0;
        try
        {
            while (true)
            {
                string? fault = await AskAsync(stop).ConfigureAwait(false);
                if (fault is null)
                {
                    failures = 0;
                    if (!healthy) changed(true, "");
                    healthy = true;
                }
                else
                {
                    failures++;
                    bool counts = failures >= config.Retries && clock.GetElapsedTime(started) >= config.StartPeriod;
                    // A program needs a moment to start, so before the first success only a long silence is worth a word.
                    bool slow = !healthy && !said && clock.GetElapsedTime(started) > TimeSpan.FromSeconds(5) + config.StartPeriod;
                    if ((healthy && counts) || slow)
                    {
                        changed(false, fault);
                        said = true;
                        healthy = false;
                    }
                }
                TimeSpan wait = healthy || config.Interval < Impatience ? config.Interval : failures > 100 ? TimeSpan.FromSeconds(1) : Impatience;
                if (healthy && failures > 0) wait = TimeSpan.FromTicks(Math.Min(wait.Ticks, TimeSpan.FromSeconds(1).Ticks));
                await Task.Delay(wait, clock, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // This run of the process is over.
        }
    }

    private async Task<string?> AskAsync(CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(config.Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            return await probe.AskAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"the healthcheck got no answer in {config.Timeout.TotalSeconds:0.#} s";
        }
    }
}
