using Tulle.Proxy.Discovery;

namespace Tulle.Proxy.Tests.Discovery;

public sealed class BackoffTests
{
    [Fact]
    public void Next_DoublesUpToTheLongest_AndResets()
    {
        var backoff = new Backoff(() => 1);
        Assert.Equal([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000], Enumerable.Range(0, 8).Select(_ => (int)backoff.Next().TotalMilliseconds));
        backoff.Reset();
        Assert.Equal(100, backoff.Next().TotalMilliseconds);
    }

    [Fact]
    public void Next_Jitter_TakesAtMostHalfOff() => Assert.Equal(50, new Backoff(() => 0).Next().TotalMilliseconds);
}
