using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tests.Telemetry;

public sealed class ReportPacingTests
{
    private double _random;
    private readonly ReportPacing _pacing;

    public ReportPacingTests() => _pacing = new ReportPacing(() => _random);

    [Fact]
    public void IsDue_ByItself_EverySecond() => Assert.Equal([1, 2, 3], Due(3));

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.5, 6)]
    [InlineData(0.99, 10)]
    public void IsDue_SlowerPace_FirstWithinOnePeriod(double random, int first)
    {
        _random = random;
        Due(2);
        _pacing.Period = 10;
        Assert.Equal([first, first + 10, first + 20], Due(first + 25));
    }

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.4, 2)]
    [InlineData(0.99, 3)]
    public void IsDue_FasterPace_WithinOneNewPeriod(double random, int first)
    {
        _pacing.Period = 10;
        Assert.Equal([1], Due(3));
        _random = random;
        _pacing.Period = 3;
        Assert.Equal([first, first + 3, first + 6], Due(first + 7));
    }

    [Fact]
    public void IsDue_FasterPaceShortlyBeforeAReport_DoesNotPutItOff()
    {
        _pacing.Period = 10;
        Due(10);
        _random = 0.99;
        _pacing.Period = 5;
        Assert.Equal([1, 6], Due(7));
    }

    [Theory]
    [InlineData(-3, 1)]
    [InlineData(0, 1)]
    [InlineData(int.MaxValue, ReportPacing.MaxPeriod)]
    public void Period_OutOfRange_BecomesTheNearest(int asked, int expected)
    {
        _pacing.Period = asked;
        Assert.Equal(expected, _pacing.Period);
    }

    [Fact]
    public void BeginStream_IsEverySecondAgain()
    {
        _pacing.Period = 10;
        Due(5);
        _pacing.BeginStream();
        Assert.Equal([1, 2], Due(2));
    }

    /// <summary>At which of the next seconds, counted from 1.</summary>
    private List<int> Due(int seconds) => [.. Enumerable.Range(1, seconds).Where(_ => _pacing.IsDue())];
}
