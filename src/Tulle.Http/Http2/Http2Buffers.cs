using System.Numerics;

namespace Tulle.Http.Http2;

/// <summary>
/// Buffers that the connections of one thread lend each other: what waits to be sent, bodies, field blocks in pieces. A pool
/// of our own because the shared one of the runtime gives memory back when it sees fit, and would allocate on the request
/// path after that. One thread.
/// </summary>
public sealed class Http2Buffers
{
    private const int SmallestBits = 12;
    private const int Classes = 5;

    // Per size: a few busy connections at one time; a burst beyond that is the garbage collector's.
    private const int MaxFree = 32;

    private readonly Stack<byte[]>[] _free = [.. Enumerable.Range(0, Classes).Select(_ => new Stack<byte[]>())];

    /// <summary>A buffer of at least that many bytes.</summary>
    public byte[] Rent(int bytes)
    {
        int size = ClassOf(bytes);
        if (size >= Classes) return new byte[bytes];
        return _free[size].TryPop(out byte[]? buffer) ? buffer : new byte[1 << (SmallestBits + size)];
    }

    /// <summary>Takes a buffer back.</summary>
    public void Return(byte[] buffer)
    {
        int size = ClassOf(buffer.Length);
        if (size < Classes && buffer.Length == 1 << (SmallestBits + size) && _free[size].Count < MaxFree) _free[size].Push(buffer);
    }

    /// <summary>Forgets what is not in use.</summary>
    public void Trim()
    {
        foreach (Stack<byte[]> free in _free) free.Clear();
    }

    private static int ClassOf(int bytes) => Math.Max(0, BitOperations.Log2((uint)Math.Max(bytes, 2) - 1) + 1 - SmallestBits);
}
