using Tulle.Transport.Interop;

namespace Tulle.Transport;

public sealed unsafe partial class Connection
{
    /// <summary>The bytes that were received and not consumed. Valid until the next call on this connection.</summary>
    public ReadOnlySpan<byte> Received => new(_received + _start, _end - _start);

    /// <summary>Reads more into <see cref="Received"/>; at most one system call when plain.</summary>
    public IoStatus Receive()
    {
        if (_tls is not null) return ReceiveTls();
        if (!_readable) return Released(IoStatus.Wait);
        int space = PrepareSpace();
        if (space == 0) return IoStatus.Full;
        while (true)
        {
            nint n = Libc.recv(Fd, _received + _end, (nuint)space, 0);
            if (n > 0)
            {
                _end += (int)n;
                // A short read has emptied the kernel's buffer (epoll(7)); the next byte makes a new edge, unless FIN is known already.
                if (n < space && !_peerHangUp) _readable = false;
                return IoStatus.Done;
            }
            if (n == 0) return Released(IoStatus.End);
            int error = SystemError.Number;
            if (error == Libc.Interrupted) continue;
            if (error != Libc.TryAgain) return Released(IoStatus.Failed);
            _readable = false;
            return Released(IoStatus.Wait);
        }
    }

    /// <summary>
    /// Shows the first bytes that wait in the kernel without taking them, so that TLS can still be started on the
    /// socket. They are in <see cref="Received"/> until <see cref="EndPeek"/>.
    /// </summary>
    public IoStatus Peek()
    {
        if (!_readable) return IoStatus.Wait;
        _start = _end = 0;
        int space = PrepareSpace();
        while (true)
        {
            nint n = Libc.recv(Fd, _received, (nuint)space, Libc.Peek);
            if (n > 0)
            {
                _end = (int)n;
                return IoStatus.Done;
            }
            if (n == 0) return Released(IoStatus.End);
            int error = SystemError.Number;
            if (error == Libc.Interrupted) continue;
            if (error != Libc.TryAgain) return Released(IoStatus.Failed);
            _readable = false;
            return Released(IoStatus.Wait);
        }
    }

    /// <summary>Forgets what <see cref="Peek"/> showed; it will be read again.</summary>
    /// <param name="waitForMore">True to be told when more has come; false to go on reading now.</param>
    public void EndPeek(bool waitForMore)
    {
        _start = _end = 0;
        _readable = !waitForMore || _peerHangUp;
        ReleaseReceived();
    }

    /// <summary>Lets the next <see cref="Receive"/> ask the kernel, even if no event has said that there is something.</summary>
    public void LookAgain() => _readable = true;

    /// <summary>Drops the first bytes of <see cref="Received"/>.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end) _start = _end = 0;
    }

    /// <summary>Gives the receive buffer back if it holds nothing. For connections that will idle.</summary>
    public void ReleaseReceived()
    {
        if (_end != 0 || _received == null) return;
        if (_capacity == BufferPool.BufferSize) Loop.Buffers.Return(_received);
        else Loop.Buffers.ReturnLarge(_received);
        _received = null;
    }

    /// <summary>Makes room for a message that did not fit. False when the buffer is as large as it may be.</summary>
    public bool Grow()
    {
        if (_capacity == BufferPool.LargeBufferSize) return false;
        byte* larger = Loop.Buffers.RentLarge();
        Received.CopyTo(new Span<byte>(larger, BufferPool.LargeBufferSize));
        if (_received != null) Loop.Buffers.Return(_received);
        _end -= _start;
        _start = 0;
        _received = larger;
        _capacity = BufferPool.LargeBufferSize;
        return true;
    }

    private IoStatus ReceiveTls()
    {
        if (!_readable) return Released(IoStatus.Wait);
        int space = PrepareSpace();
        if (space == 0) return IoStatus.Full;
        int n = _tls!.Read(_received + _end, space, out IoStatus status, out bool drained);
        if (n > 0)
        {
            _end += n;
            if (drained && !_peerHangUp) _readable = false;
            return IoStatus.Done;
        }
        if (status == IoStatus.Wait) _readable = false;
        return Released(status);
    }

    private int PrepareSpace()
    {
        if (_received == null)
        {
            _received = Loop.Buffers.Rent();
            _capacity = BufferPool.BufferSize;
        }
        if (_end < _capacity) return _capacity - _end;
        if (_start == 0) return 0;
        Received.CopyTo(new Span<byte>(_received, _capacity));
        _end -= _start;
        _start = 0;
        return _capacity - _end;
    }

    private IoStatus Released(IoStatus status)
    {
        ReleaseReceived();
        return status;
    }
}
