using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>
/// Tells proxies how often to report: so often that all of them together stay within a number of reports a second, which is larger
/// while somebody looks at what they report. Thread-safe.
/// </summary>
internal sealed class ReportPacer(ProxyConnections connections, TimeProvider clock)
{
    /// <summary>Reports a second while nobody looks: up to that many proxies report every second whatever happens.</summary>
    public const int RestBudget = 100;

    /// <summary>Reports a second while somebody looks: meshes of that many proxies are seen every second.</summary>
    public const int WatchedBudget = 250;

    /// <summary>Longest period, seconds: the resolution of the history.</summary>
    public const int MaxPeriod = 10;

    /// <summary>How long proxies report often after the last question.</summary>
    public static readonly TimeSpan Attention = TimeSpan.FromSeconds(15);

    /// <summary>How long a report may be on its way.</summary>
    private static readonly TimeSpan Way = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private DateTimeOffset _watchedUntil;
    private DateTimeOffset _freshFrom;

    /// <summary>Seconds between two reports of a proxy, for now.</summary>
    public int Period
    {
        get
        {
            lock (_gate) return PeriodOf(clock.GetUtcNow() < _watchedUntil);
        }
    }

    /// <summary>The same while nobody looks: the longest that there was of late.</summary>
    public int RestPeriod => PeriodOf(watched: false);

    /// <summary>A proxy reported; it hears of another pace if there is one. Proxies that have nothing to report need none.</summary>
    public void Reported(ProxyConnection connection)
    {
        // A pace of before must not overtake the one that Watch tells meanwhile.
        lock (_gate)
        {
            int period = PeriodOf(clock.GetUtcNow() < _watchedUntil);
            if (connection.Period != period) Tell(connection, period);
        }
    }

    /// <summary>Somebody looks at traffic: proxies report often from now on, and for a while.</summary>
    public void Watch()
    {
        lock (_gate)
        {
            DateTimeOffset now = clock.GetUtcNow();
            bool rested = now >= _watchedUntil;
            _watchedUntil = now + Attention;
            if (!rested) return;
            int period = PeriodOf(watched: true);
            foreach (ProxyConnection connection in connections.All)
            {
                if (connection.Period <= period) continue;
                Tell(connection, period);
                _freshFrom = now + TimeSpan.FromSeconds(period) + Way;
            }
        }
    }

    /// <summary>Like <see cref="Watch"/>, and completes when the numbers are as new as they are for somebody who kept looking: at once, or when proxies that reported seldom had the time to.</summary>
    public Task FreshAsync(CancellationToken cancellation)
    {
        Watch();
        TimeSpan left;
        lock (_gate) left = _freshFrom - clock.GetUtcNow();
        return left > TimeSpan.Zero ? Task.Delay(left, clock, cancellation) : Task.CompletedTask;
    }

    private int PeriodOf(bool watched) => Math.Clamp((int)Math.Ceiling((double)connections.Count / (watched ? WatchedBudget : RestBudget)), 1, MaxPeriod);

    private static void Tell(ProxyConnection connection, int period)
    {
        if (connection.Send(new ProxyCommand { Pace = new ReportPace { Seconds = (uint)period } })) connection.Period = period;
    }
}
