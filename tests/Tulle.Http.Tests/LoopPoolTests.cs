namespace Tulle.Http.Tests;

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

    [Fact]
    public void Trim_Drop_IsCalledForEachThatIsForgotten()
    {
        var pool = new LoopPool<object>(() => new object());
        Use(pool, 5);
        pool.Trim();
        int dropped = 0;
        pool.Trim(_ => dropped++);
        Assert.Equal((5, 0), (dropped, pool.Count));
    }

    [Fact]
    public void Return_MoreThanAreKept_IsFalse()
    {
        var pool = new LoopPool<object>(() => new object(), maxFree: 2);
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => pool.Return(new object())));
    }

    private static void Use(LoopPool<object> pool, int count)
    {
        object[] rented = [.. Enumerable.Range(0, count).Select(_ => pool.Rent())];
        foreach (object item in rented) pool.Return(item);
    }
}
