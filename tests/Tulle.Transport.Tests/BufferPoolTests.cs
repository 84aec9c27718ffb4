namespace Tulle.Transport.Tests;

public sealed unsafe class BufferPoolTests
{
    [Fact]
    public void Trim_BuffersThatNobodyNeeded_AreFreed()
    {
        var pool = new BufferPool();
        Use(pool, 10);
        Assert.Equal(10, pool.Free);

        // The first call only begins to watch.
        pool.Trim();
        Assert.Equal(10, pool.Free);
        Use(pool, 4);
        pool.Trim();
        Assert.Equal(4, pool.Free);
        pool.Trim();
        Assert.Equal(0, pool.Free);
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void Return_MoreThanThePoolKeeps_FreesThem()
    {
        var pool = new BufferPool();
        Use(pool, BufferPool.MaxFree + 5);
        Assert.Equal(BufferPool.MaxFree, pool.Free);
        pool.Clear();
        Assert.Equal(0, pool.Free);
    }

    private static void Use(BufferPool pool, int count)
    {
        var rented = new nint[count];
        for (int i = 0; i < count; i++) rented[i] = (nint)pool.Rent();
        foreach (nint buffer in rented) pool.Return((byte*)buffer);
    }
}
