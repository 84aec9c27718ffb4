namespace Tulle.Proxy.Telemetry;

/// <summary>Says at which seconds traffic is reported. <see cref="Period"/> may be set from any thread; the rest is the insight task's own.</summary>
/// <param name="random">Uniform in [0, 1).</param>
internal sealed class ReportPacing(Func<double> random)
{
    /// <summary>Longest period, seconds.</summary>
    public const int MaxPeriod = 60;

    private volatile int _period = 1;
    private int _known = 1;
    private int _left = 1;

    /// <summary>Seconds between two reports, 1 to <see cref="MaxPeriod"/>; what is beyond becomes the nearest of them.</summary>
    public int Period
    {
        get => _period;
        set => _period = Math.Clamp(value, 1, MaxPeriod);
    }

    /// <summary>A new stream begins: every second, until it says otherwise.</summary>
    public void BeginStream() => _period = _known = _left = 1;

    /// <summary>Whether to report now. Asked once a second.</summary>
    public bool IsDue()
    {
        int period = _period;
        // Within one new period, but not all proxies at once: that would be a burst for the control plane, and stay one.
        if (period != _known)
        {
            int next = 1 + (int)(random() * period);
            _left = period < _known ? Math.Min(_left, next) : next;
            _known = period;
        }
        if (--_left > 0) return false;
        _left = period;
        return true;
    }
}
