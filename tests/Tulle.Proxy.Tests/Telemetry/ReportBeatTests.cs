using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tests.Telemetry;

public sealed class ReportBeatTests
{
    [Theory]
    [InlineData(0.0, 0, 1000)]
    [InlineData(0.0, 300, 700)]
    [InlineData(0.24, 300, 700)]
    [InlineData(0.25, 300, 950)]
    [InlineData(0.99, 300, 1450)]
    [InlineData(0.5, 500, 1000)]
    // A timer that fired a bit early, and one that fired late.
    [InlineData(0.5, 499, 1001)]
    [InlineData(0.5, 503, 997)]
    public void UntilNext_IsTheProxysQuarterOfTheSecond(double random, int millisecond, int expected)
    {
        var beat = new ReportBeat(new Fixed(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000 + millisecond)), () => random);
        Assert.Equal(expected, beat.UntilNext().TotalMilliseconds);
    }

    private sealed class Fixed(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
