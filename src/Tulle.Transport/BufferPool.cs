using System.Runtime.InteropServices;

namespace Tulle.Transport;

/// <summary>
/// The buffers of one event loop. They lie outside the garbage collector's heap: they need no pinning, and what a burst
/// used can be given back to the system. Loop thread only.
/// </summary>
public sealed unsafe class BufferPool
{
    /// <summary>Bytes per buffer: one TLS record (RFC 8446 §5.1), and HAProxy's <c>tune.bufsize</c>.</summary>
    public const int BufferSize = 16 * 1024;

    /// <summary>Bytes behind <see cref="BufferSize"/>, so that a full buffer still fits when headers were added to it.</summary>
    public const int Headroom = 2 * 1024;

    /// <summary>Free buffers kept for reuse, as long as as many were in use at one time of late.</summary>
    public const int MaxFree = 1024;

    private readonly nint[] _free = new nint[MaxFree];
    private int _freeCount;

    // Free all the time since the last trim: what nobody needed.
    private int _spare;

    /// <summary>Buffers in use now.</summary>
    public int Rented { get; private set; }

    /// <summary>Buffers kept for reuse.</summary>
    internal int Free => _freeCount;

    /// <summary>Buffers that heads larger than <see cref="BufferSize"/> need. Rare, so they are not kept.</summary>
    public const int LargeBufferSize = 64 * 1024;

    internal byte* Rent()
    {
        Rented++;
        if (_freeCount == 0) return (byte*)NativeMemory.Alloc(BufferSize + Headroom);
        if (--_freeCount < _spare) _spare = _freeCount;
        return (byte*)_free[_freeCount];
    }

    internal void Return(byte* buffer)
    {
        Rented--;
        if (_freeCount < MaxFree) _free[_freeCount++] = (nint)buffer;
        else NativeMemory.Free(buffer);
    }

    internal byte* RentLarge()
    {
        Rented++;
        return (byte*)NativeMemory.Alloc(LargeBufferSize + Headroom);
    }

    internal void ReturnLarge(byte* buffer)
    {
        Rented--;
        NativeMemory.Free(buffer);
    }

    /// <summary>Frees what was not needed since the last call. Called now and then.</summary>
    public void Trim()
    {
        for (; _spare > 0; _spare--) NativeMemory.Free((byte*)_free[--_freeCount]);
        _spare = _freeCount;
    }

    /// <summary>Frees all that is not in use.</summary>
    internal void Clear()
    {
        _spare = _freeCount;
        Trim();
    }
}
