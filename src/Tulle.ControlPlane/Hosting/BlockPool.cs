using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Tulle.ControlPlane.Hosting;

/// <summary>
/// Buffers of the server's connections, of which it keeps few. Reports of all proxies come together, and Kestrel's own pool keeps what the
/// largest crowd of them ever took: with a thousand proxies 8 MB, for good. Any thread.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    /// <summary>Bytes of a block: a page, as Kestrel's are.</summary>
    public const int BlockBytes = 4096;

    /// <summary>Most blocks that wait for their next use: 1 MB. What comes back beyond it is the collector's.</summary>
    public const int MaxKept = 256;

    private readonly ConcurrentQueue<Block> _kept = new();

    public override int MaxBufferSize => BlockBytes;

    /// <summary>Blocks that wait for their next use.</summary>
    public int Kept => _kept.Count;

    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="BlockBytes"/> are asked for.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        return _kept.TryDequeue(out Block? block) ? block : new Block(this);
    }

    /// <summary>One pool serves all listeners.</summary>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    /// <summary>Nothing: what is kept goes with the pool.</summary>
    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockBytes);

        public void Dispose()
        {
            if (pool.Kept < MaxKept) pool._kept.Enqueue(this);
        }
    }
}
