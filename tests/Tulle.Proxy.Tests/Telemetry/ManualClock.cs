namespace Tulle.Proxy.Tests.Telemetry;

/// <summary>Time that passes when the test says so. Timers are the system's. Any thread.</summary>
internal class ManualClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // A machine that is up for a day. Small enough for a double to hold it exactly, which is what loops count with.
    private long _ticks = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(Volatile.Read(ref _ticks) - TimeSpan.TicksPerDay);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
