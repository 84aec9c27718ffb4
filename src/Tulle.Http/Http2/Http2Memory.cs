using System.Numerics;

namespace Tulle.Http.Http2;

/// <summary>
/// What the connections of one thread lend each other: buffers for what waits to be sent, bodies and field blocks in pieces, and streams. A
/// pool of our own because the shared one of the runtime gives memory back when it sees fit, and would allocate on the request path after
/// that. It keeps what was needed of late. One thread.
/// </summary>
public sealed class Http2Memory
{
    // 512 bytes hold the message of most calls; a connection's output and a stream's window are 64 KB, and who is out of room asks for twice
    // as much with one more frame.
    private const int SmallestBits = 9;
    private const int Classes = 10;

    // Of each size; a burst beyond that is the garbage collector's.
    private const int MaxFreeBytes = 4 * 1024 * 1024;

    private readonly LoopPool<byte[]>[] _buffers = [.. Enumerable.Range(SmallestBits, Classes).Select(static bits => new LoopPool<byte[]>(() => new byte[1 << bits], MaxFreeBytes >> bits))];

    /// <summary>Streams that are not in use.</summary>
    internal LoopPool<Http2Stream> Streams { get; } = new(static () => new Http2Stream());

    /// <summary>A buffer of at least that many bytes.</summary>
    public byte[] Rent(int bytes)
    {
        int size = ClassOf(bytes);
        return size < Classes ? _buffers[size].Rent() : new byte[bytes];
    }

    /// <summary>Takes a buffer back.</summary>
    public void Return(byte[] buffer)
    {
        int size = ClassOf(buffer.Length);
        if (size < Classes && buffer.Length == 1 << (SmallestBits + size)) _buffers[size].Return(buffer);
    }

    /// <summary>Forgets what was not needed since the last call.</summary>
    public void Trim()
    {
        foreach (LoopPool<byte[]> buffers in _buffers) buffers.Trim();
        Streams.Trim();
    }

    private static int ClassOf(int bytes) => Math.Max(0, BitOperations.Log2((uint)Math.Max(bytes, 2) - 1) + 1 - SmallestBits);
}
