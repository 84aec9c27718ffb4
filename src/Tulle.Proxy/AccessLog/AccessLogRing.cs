namespace Tulle.Proxy.AccessLog;

/// <summary>
/// Lines of one event loop on their way to the file. The loop puts whole lines in, the writer takes bytes out; neither
/// waits for the other. What does not fit is dropped and counted: a slow disk must not slow a request.
/// </summary>
internal sealed class AccessLogRing(int capacity)
{
    /// <summary>1 MB: a tenth of a second of short requests at full speed.</summary>
    public const int DefaultCapacity = 1024 * 1024;

    // Rented with the first line: most proxies have no access log.
    private byte[]? _bytes;

    // Bytes ever put in, written by the loop, and ever taken out, written by the writer.
    private long _put;
    private long _taken;
    private long _dropped;

    /// <summary>Lines that did not fit. Any thread.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Bytes that wait. Any thread.</summary>
    public long Waiting => Volatile.Read(ref _put) - Volatile.Read(ref _taken);

    /// <summary>Puts a line in, whole or not at all. Loop thread.</summary>
    public bool TryPut(ReadOnlySpan<byte> line)
    {
        byte[] bytes = _bytes ??= new byte[capacity];
        long put = _put;
        if (line.Length > capacity - (put - Volatile.Read(ref _taken)))
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return false;
        }
        int at = (int)(put % capacity);
        int first = Math.Min(line.Length, capacity - at);
        line[..first].CopyTo(bytes.AsSpan(at));
        line[first..].CopyTo(bytes);
        Volatile.Write(ref _put, put + line.Length);
        return true;
    }

    /// <summary>What can be taken in one piece; empty when nothing waits. Writer's thread.</summary>
    public ReadOnlyMemory<byte> Peek()
    {
        long waiting = Volatile.Read(ref _put) - _taken;
        if (waiting == 0) return default;
        int at = (int)(_taken % capacity);
        return _bytes.AsMemory(at, (int)Math.Min(waiting, capacity - at));
    }

    /// <summary>That many bytes were written. Writer's thread.</summary>
    public void Take(int count) => Volatile.Write(ref _taken, _taken + count);
}
