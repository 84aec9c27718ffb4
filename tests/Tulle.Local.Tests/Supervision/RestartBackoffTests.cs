using Tulle.Local.Supervision;

namespace Tulle.Local.Tests.Supervision;

public class RestartBackoffTests
{
    [Fact]
    public void Next_CrashLoop_DoublesFromOneToThirtySeconds()
    {
        var backoff = new RestartBackoff();

        Assert.Equal([1, 2, 4, 8, 16, 30, 30], Enumerable.Range(0, 7).Select(_ => backoff.Next(TimeSpan.Zero).TotalSeconds));
    }

    [Fact]
    public void Next_AfterAMinuteOfHealth_StartsAgain()
    {
        var backoff = new RestartBackoff();
        for (int i = 0; i < 5; i++) backoff.Next(TimeSpan.FromSeconds(59));

        Assert.Equal(RestartBackoff.First, backoff.Next(RestartBackoff.HealthyAfter));
    }
}
