namespace Tulle.Proxy.Telemetry;

/// <summary>
/// Records of one event loop on their way to a thread off the loops, such as lines to the access log's file. The loop puts whole records
/// in, the other thread takes bytes out; neither waits for the other. What does not fit is dropped and counted: a slow disk must not
/// slow a request.
/// </summary>
internal sealed class LoopRing(int capacity)
{
    // Made with the first record: most proxies have no access log.
    private byte[]? _bytes;

    // Bytes ever put in, written by the loop, and ever taken out, written by the reader.
    private long _put;
    private long _taken;
    private long _dropped;

    /// <summary>Records that did not fit. Any thread.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Bytes that wait. Any thread.</summary>
    public long Waiting => Volatile.Read(ref _put) - Volatile.Read(ref _taken);

    /// <summary>Puts a record in, whole or not at all. Loop thread.</summary>
    public bool TryPut(ReadOnlySpan<byte> record)
    {
        byte[] bytes = _bytes ??= new byte[capacity];
        long put = _put;
        if (record.Length > capacity - (put - Volatile.Read(ref _taken)))
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return false;
        }
        int at = (int)(put % capacity);
        int first = Math.Min(record.Length, capacity - at);
        record[..first].CopyTo(bytes.AsSpan(at));
        record[first..].CopyTo(bytes);
        Volatile.Write(ref _put, put + record.Length);
        return true;
    }

    /// <summary>What can be taken in one piece; empty when nothing waits. Reader's thread.</summary>
    public ReadOnlyMemory<byte> Peek()
    {
        long waiting = Volatile.Read(ref _put) - _taken;
        if (waiting == 0) return default;
        int at = (int)(_taken % capacity);
        return _bytes.AsMemory(at, (int)Math.Min(waiting, capacity - at));
    }

    /// <summary>That many bytes were taken care of. Reader's thread.</summary>
    public void Take(int count) => Volatile.Write(ref _taken, _taken + count);
}
