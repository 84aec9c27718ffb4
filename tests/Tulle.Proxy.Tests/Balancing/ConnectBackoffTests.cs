using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Tests.Balancing;

public sealed class ConnectBackoffTests
{
    [Fact]
    public void OnFailure_Repeated_DoublesUpToTheLimit()
    {
        var backoff = new ConnectBackoff();
        long now = 0;
        foreach (long expected in new long[] { 100_000, 200_000, 400_000, 800_000, 1_600_000, 3_200_000, 6_400_000, 10_000_000, 10_000_000 })
        {
            backoff.OnFailure(now);
            backoff.OnFailure(now + 1);
            Assert.True(backoff.IsActive(now + expected - 1));
            Assert.False(backoff.IsActive(now + expected));
            now += expected;
        }
    }

    [Fact]
    public void OnSuccess_AfterFailures_StartsAnew()
    {
        var backoff = new ConnectBackoff();
        backoff.OnFailure(0);
        backoff.OnFailure(100_000);
        backoff.OnSuccess();
        Assert.False(backoff.IsActive(100_001));

        backoff.OnFailure(200_000);
        Assert.False(backoff.IsActive(300_000));
    }
}
