namespace Tulle.Proxy.Telemetry;

/// <summary>
/// When a proxy looks what there is to report: once a second, at the beginning of a quarter of the clock's seconds that it chose by chance. Reports of many
/// proxies that come together cost the control plane half of what they cost one by one, since it wakes up once for all of them (bench/README.md). Thread-safe.
/// </summary>
/// <param name="time">Of the wall: what the clocks of a mesh's machines agree on, more or less.</param>
/// <param name="random">Uniform in [0, 1).</param>
internal sealed class ReportBeat(TimeProvider time, Func<double> random)
{
    private const int Quarters = 4;

    private readonly long _phase = (long)(random() * Quarters) * TimeSpan.TicksPerSecond / Quarters;

    /// <summary>How long until the next one, 0.5 to 1.5 s: a timer that fires too early must not make two of one.</summary>
    public TimeSpan UntilNext()
    {
        long left = TimeSpan.TicksPerSecond - (time.GetUtcNow().Ticks - _phase) % TimeSpan.TicksPerSecond;
        return new TimeSpan(left < TimeSpan.TicksPerSecond / 2 ? left + TimeSpan.TicksPerSecond : left);
    }
}
