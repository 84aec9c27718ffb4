using System.Buffers;
using Tulle.ControlPlane.Hosting;

namespace Tulle.ControlPlane.Tests.Hosting;

public sealed class BlockPoolTests
{
    private readonly BlockPool _pool = new();

    [Fact]
    public void Rent_BlockCameBack_IsUsedAgain()
    {
        IMemoryOwner<byte> block = _pool.Rent();
        Assert.Equal(BlockPool.BlockBytes, block.Memory.Length);
        block.Dispose();

        Assert.Equal(1, _pool.Kept);
        Assert.Same(block, _pool.Rent(1));
        Assert.NotSame(block, _pool.Rent(1));
    }

    [Fact]
    public void Dispose_MoreThanAreKept_TheRestIsLetGo()
    {
        IMemoryOwner<byte>[] crowd = [.. Enumerable.Range(0, BlockPool.MaxKept + 50).Select(_ => _pool.Rent())];
        foreach (IMemoryOwner<byte> block in crowd) block.Dispose();

        Assert.Equal(BlockPool.MaxKept, _pool.Kept);
    }

    [Fact]
    public void Rent_MoreThanABlock_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Rent(BlockPool.BlockBytes + 1));
}
