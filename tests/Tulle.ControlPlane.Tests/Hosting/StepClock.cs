namespace Tulle.ControlPlane.Tests.Hosting;

/// <summary>A clock that a test moves by hand.</summary>
internal sealed class StepClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeSeconds(1_000_000);

    public override DateTimeOffset GetUtcNow() => Now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.UtcTicks;
}
