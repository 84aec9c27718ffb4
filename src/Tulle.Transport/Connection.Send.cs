using Tulle.Transport.Interop;

namespace Tulle.Transport;

public sealed unsafe partial class Connection
{
    /// <summary>Whether bytes wait for the peer to take more. Nothing else may be written until <see cref="Flush"/> is done.</summary>
    public bool HasUnsent => _unsentEnd != 0 || _tls is { HasUnsent: true };

    /// <summary>
    /// Sends what the kernel takes now. Returns the bytes taken, 0 when it takes none, -1 when the connection is broken.
    /// The rest stays the caller's, which is how back-pressure reaches the source.
    /// </summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        if (_unsentEnd != 0 && Flush() is var flushed && flushed != IoStatus.Done) return flushed == IoStatus.Wait ? 0 : -1;
        return WriteNow(bytes);
    }

    /// <summary>
    /// Sends all of <paramref name="bytes"/>, keeping what the kernel does not take now. For heads and short answers:
    /// at most <see cref="BufferPool.LargeBufferSize"/> with its headroom. False when the connection is broken.
    /// </summary>
    public bool WriteAll(ReadOnlySpan<byte> bytes)
    {
        if (_unsentEnd == 0)
        {
            while (bytes.Length > 0)
            {
                int n = WriteNow(bytes);
                if (n < 0) return false;
                if (n == 0) break;
                bytes = bytes[n..];
            }
            if (bytes.Length == 0) return true;
        }
        return Keep(bytes);
    }

    /// <summary>Sends what was kept.</summary>
    public IoStatus Flush()
    {
        while (_unsentEnd != 0)
        {
            int n = WriteNow(new ReadOnlySpan<byte>(_unsent + _unsentStart, _unsentEnd - _unsentStart));
            if (n < 0) return IoStatus.Failed;
            if (n == 0) return IoStatus.Wait;
            _unsentStart += n;
            if (_unsentStart == _unsentEnd) ReleaseUnsent();
        }
        if (_tls is { HasUnsent: true })
        {
            if (!_writable) return IoStatus.Wait;
            IoStatus status = _tls.Flush();
            if (status == IoStatus.Wait) _writable = false;
            return status;
        }
        return IoStatus.Done;
    }

    private int WriteNow(ReadOnlySpan<byte> bytes)
    {
        if (!_writable) return 0;
        fixed (byte* p = bytes)
        {
            if (_tls is not null)
            {
                int taken = _tls.Write(p, bytes.Length, out IoStatus status);
                if (status == IoStatus.Wait) _writable = false;
                return status == IoStatus.Failed ? -1 : taken;
            }
            while (true)
            {
                nint n = Libc.send(Fd, p, (nuint)bytes.Length, Libc.NoSignal);
                if (n >= 0)
                {
                    if (n < bytes.Length) _writable = false;
                    return (int)n;
                }
                int error = SystemError.Number;
                if (error == Libc.Interrupted) continue;
                if (error != Libc.TryAgain) return -1;
                _writable = false;
                return 0;
            }
        }
    }

    private bool Keep(ReadOnlySpan<byte> bytes)
    {
        int needed = _unsentEnd + bytes.Length;
        if (_unsent == null)
        {
            bool large = needed > BufferPool.BufferSize + BufferPool.Headroom;
            _unsent = large ? Loop.Buffers.RentLarge() : Loop.Buffers.Rent();
            _unsentCapacity = (large ? BufferPool.LargeBufferSize : BufferPool.BufferSize) + BufferPool.Headroom;
        }
        // More than fits would mean that someone wrote without flushing first; the connection cannot be trusted any more.
        if (needed > _unsentCapacity) return false;
        bytes.CopyTo(new Span<byte>(_unsent + _unsentEnd, bytes.Length));
        _unsentEnd = needed;
        return true;
    }

    private void ReleaseUnsent()
    {
        _unsentStart = _unsentEnd = 0;
        if (_unsent == null) return;
        if (_unsentCapacity == BufferPool.BufferSize + BufferPool.Headroom) Loop.Buffers.Return(_unsent);
        else Loop.Buffers.ReturnLarge(_unsent);
        _unsent = null;
    }
}
