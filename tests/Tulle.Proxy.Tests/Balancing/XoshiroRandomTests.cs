using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Tests.Balancing;

public sealed class XoshiroRandomTests
{
    [Fact]
    public void Below_SameSeed_GivesTheSameNumbers()
    {
        var one = new XoshiroRandom(42);
        var two = new XoshiroRandom(42);
        for (int i = 0; i < 100; i++) Assert.Equal(one.Below(1_000), two.Below(1_000));
    }

    [Fact]
    public void Below_ManyNumbers_CoverTheRangeEvenly()
    {
        var random = new XoshiroRandom(3);
        var counts = new int[7];
        for (int i = 0; i < 70_000; i++) counts[random.Below(7)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }
}
