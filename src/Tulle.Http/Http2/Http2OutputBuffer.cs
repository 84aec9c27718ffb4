namespace Tulle.Http.Http2;

/// <summary>
/// Frames that wait to be sent. The memory is borrowed while there are any, so that idle connections have none of it. How
/// much may wait is decided by those who write: see <see cref="Http2Limits.OutputBytes"/>.
/// </summary>
internal sealed class Http2OutputBuffer(Http2Memory buffers)
{
    private const int InitialBytes = 16 * 1024;

    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>Bytes that wait.</summary>
    public int Length => _end - _start;

    /// <summary>The bytes that wait, until the next call.</summary>
    public ReadOnlySpan<byte> Pending => _bytes.AsSpan(_start, Length);

    /// <summary>Room for that many bytes behind what waits, to be followed by <see cref="Commit"/>.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (_bytes.Length - _end < bytes) MakeRoom(bytes);
        return _bytes.AsSpan(_end);
    }

    public void Commit(int bytes)
    {
        _end += bytes;
        Position += bytes;
    }

    /// <summary>Bytes that were ever written.</summary>
    public long Position { get; private set; }

    /// <summary>The last bytes that were committed, to be completed.</summary>
    public Span<byte> Last(int bytes) => _bytes.AsSpan(_end - bytes, bytes);

    /// <summary>Drops the first bytes, which were sent, and gives the memory back when nothing is left.</summary>
    public void Consume(int bytes)
    {
        _start += bytes;
        if (_start == _end) Release();
    }

    /// <summary>Drops everything.</summary>
    public void Release()
    {
        _start = _end = 0;
        if (_bytes.Length == 0) return;
        buffers.Return(_bytes);
        _bytes = [];
    }

    private void MakeRoom(int bytes)
    {
        int length = Length;
        if (_start > 0 && _bytes.Length - length >= bytes)
        {
            Buffer.BlockCopy(_bytes, _start, _bytes, 0, length);
        }
        else
        {
            byte[] larger = buffers.Rent(Math.Max(InitialBytes, (length + bytes) * 2));
            Buffer.BlockCopy(_bytes, _start, larger, 0, length);
            if (_bytes.Length > 0) buffers.Return(_bytes);
            _bytes = larger;
        }
        _start = 0;
        _end = length;
    }
}
