using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.Tests.Forwarding;

public sealed class LoopPoolTests
{
    private int _made;

    [Fact]
    public void Trim_ObjectsThatNobodyNeeded_AreForgotten()
    {
        var pool = new LoopPool<object>(() =>
        {
            _made++;
            return new object();
        });
        Use(pool, 10);
        Assert.Equal(10, _made);

        // The first call only begins to watch.
        pool.Trim();
        Use(pool, 4);
        pool.Trim();
        Use(pool, 4);
        Assert.Equal(10, _made);

        Use(pool, 10);
        Assert.Equal(16, _made);
    }

    private static void Use(LoopPool<object> pool, int count)
    {
        object[] rented = [.. Enumerable.Range(0, count).Select(_ => pool.Rent())];
        foreach (object item in rented) pool.Return(item);
    }
}
