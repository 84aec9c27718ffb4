using Tulle.Http.Http2;

namespace Tulle.Proxy.Http2;

/// <summary>
/// Body that came on a stream and waits, in one piece. Holds memory only while there are bytes; how many is bounded by the
/// stream's window, and by the replay limit where what was read is kept. A mutable struct: keep it in a field.
/// </summary>
internal struct BodyBuffer(Http2Memory buffers)
{
    private readonly Http2Memory _buffers = buffers;
    private byte[]? _bytes;
    private int _start;
    private int _read;
    private int _end;

    // How far it was ever read: what is read again was paid for.
    private int _seen;

    /// <summary>Bytes that were not read.</summary>
    public readonly ReadOnlySpan<byte> Unread => _bytes is null ? default : _bytes.AsSpan(_read, _end - _read);

    /// <summary>Bytes that were read and are kept, for another attempt.</summary>
    public readonly int Kept => _read - _start;

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        if (_bytes is null || _bytes.Length - _end < bytes.Length) MakeRoom(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Takes bytes as read. Returns how many of them were read for the first time.</summary>
    /// <param name="keep">Whether they stay for another attempt.</param>
    public int Read(int count, bool keep)
    {
        _read += count;
        int fresh = Math.Max(0, _read - _seen);
        _seen += fresh;
        if (!keep) Forget();
        return fresh;
    }

    /// <summary>Goes back to the first byte that is kept.</summary>
    public void Rewind() => _read = _start;

    /// <summary>Drops what is kept.</summary>
    public void Forget()
    {
        _start = _read;
        if (_start == _end) Release();
    }

    /// <summary>Drops everything.</summary>
    public void Release()
    {
        _start = _read = _end = _seen = 0;
        if (_bytes is null) return;
        _buffers.Return(_bytes);
        _bytes = null;
    }

    private void MakeRoom(int bytes)
    {
        int length = _end - _start;
        byte[]? target = _bytes;
        if (target is null || target.Length - length < bytes) target = _buffers.Rent(length == 0 ? bytes : (length + bytes) * 2);
        if (_bytes is not null)
        {
            Buffer.BlockCopy(_bytes, _start, target, 0, length);
            if (target != _bytes) _buffers.Return(_bytes);
        }
        _bytes = target;
        _read -= _start;
        _seen -= _start;
        _end = length;
        _start = 0;
    }
}
