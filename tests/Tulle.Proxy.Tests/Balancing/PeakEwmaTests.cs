using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Tests.Balancing;

public sealed class PeakEwmaTests
{
    [Fact]
    public void At_BeforeAnyResponse_IsTheDefault() => Assert.Equal(30_000, new PeakEwma(5).At(5));

    [Fact]
    public void Observe_Peak_CountsInFullAtOnce()
    {
        var rtt = new PeakEwma(0);
        rtt.Observe(1, 900_000);
        Assert.Equal(900_000, rtt.At(1));
    }

    [Fact]
    public void At_AfterTheDecayTime_IsOneEth()
    {
        var rtt = new PeakEwma(0);
        rtt.Observe(0, 1_000_000);
        Assert.Equal(1_000_000 / Math.E, rtt.At(10_000_000), precision: 3);
    }

    [Fact]
    public void Observe_SteadyLatency_ConvergesToIt()
    {
        var rtt = new PeakEwma(0);
        rtt.Observe(0, 1_000_000);
        for (int i = 1; i <= 10_000; i++) rtt.Observe(i * 10_000, 2_000);
        Assert.InRange(rtt.At(100_000_000), 1_990, 2_100);
    }

    [Fact]
    public void Observe_ClockThatGoesBack_DoesNoHarm()
    {
        var rtt = new PeakEwma(1_000);
        rtt.Observe(500, 40_000);
        Assert.Equal(40_000, rtt.At(0));
    }
}
