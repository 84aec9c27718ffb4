namespace Tulle.Local.Supervision;

/// <summary>How long to wait before a process that ended is started again: 1 s, doubling to 30 s; from the start again after it ran for a minute.</summary>
internal sealed class RestartBackoff
{
    /// <summary>Kubernetes starts at 10 s; on a developer's machine that is a long time.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>Kubernetes: 5 minutes.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan HealthyAfter = TimeSpan.FromSeconds(60);

    private TimeSpan _next = First;

    /// <summary>The wait after a run of this length.</summary>
    public TimeSpan Next(TimeSpan ran)
    {
        if (ran >= HealthyAfter) _next = First;
        TimeSpan wait = _next;
        _next = TimeSpan.FromTicks(Math.Min(_next.Ticks * 2, Longest.Ticks));
        return wait;
    }
}
