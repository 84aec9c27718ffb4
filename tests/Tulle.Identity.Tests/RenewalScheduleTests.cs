namespace Tulle.Identity.Tests;

public class RenewalScheduleTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Delay_NoJitter_IsSeventyPercent()
        => Assert.Equal(TimeSpan.FromHours(16.8), RenewalSchedule.Delay(Now, Now.AddHours(24), 0));

    [Fact]
    public void Delay_FullJitter_IsATenthSooner()
        => Assert.Equal(TimeSpan.FromHours(16.8 * 0.9), RenewalSchedule.Delay(Now, Now.AddHours(24), 1));

    [Theory]
    [InlineData(-100)]
    [InlineData(0)]
    [InlineData(1)]
    public void Delay_ExpiredOrNearly_IsTheMinimum(int seconds)
        => Assert.Equal(RenewalSchedule.Minimum, RenewalSchedule.Delay(Now, Now.AddSeconds(seconds), 0.5));

    [Fact]
    public void Delay_VeryLong_IsTheMaximum()
        => Assert.Equal(RenewalSchedule.Maximum, RenewalSchedule.Delay(Now, Now.AddDays(365), 0.5));
}
