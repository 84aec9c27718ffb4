using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.AccessLog;

/// <summary>
/// Takes the lines of every event loop to standard output or a file, off the loops. One writer, so that lines of different loops
/// never mix.
/// </summary>
/// <param name="output">Disposed at the end.</param>
internal sealed class AccessLogHub(Stream output, Log log) : IAccessLogSink
{
    /// <summary>
    /// How long the writer rests after each round: a busy log is written in large pieces, and a quiet one is still read live.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Per loop, 1 MB: a tenth of a second of short requests at full speed.</summary>
    public const int RingCapacity = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _wake = new(0);
    private volatile LoopRing[] _rings = [];
    private bool _failed;

    // 1 while the writer rests and wants to be woken.
    private int _resting;

    /// <summary>Lines dropped because the output was too slow or failed. Any thread.</summary>
    public long Dropped => _rings.Sum(ring => ring.Dropped);

    /// <inheritdoc/>
    public LoopRing NewRing()
    {
        var ring = new LoopRing(RingCapacity);
        lock (_lock) _rings = [.. _rings, ring];
        return ring;
    }

    /// <inheritdoc/>
    public void Wake()
    {
        if (Volatile.Read(ref _resting) == 1 && Interlocked.Exchange(ref _resting, 0) == 1) _wake.Release();
    }

    /// <summary>Writes until cancelled, then what is left.</summary>
    public async Task RunAsync(TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                bool any = WriteAll();
                if (any)
                {
                    await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
                    continue;
                }
                Volatile.Write(ref _resting, 1);
                // A line that came before the flag was up woke nobody.
                if (_rings.Any(ring => ring.Waiting > 0) && Interlocked.Exchange(ref _resting, 0) == 1) continue;
                await _wake.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            WriteAll();
        }
        finally
        {
            await output.DisposeAsync().ConfigureAwait(false);
        }
    }

    private bool WriteAll()
    {
        bool any = false;
        foreach (LoopRing ring in _rings)
        {
            for (ReadOnlyMemory<byte> piece = ring.Peek(); !piece.IsEmpty; piece = ring.Peek())
            {
                Write(piece.Span);
                ring.Take(piece.Length);
                any = true;
            }
        }
        return any;
    }

    private void Write(ReadOnlySpan<byte> piece)
    {
        try
        {
            output.Write(piece);
            output.Flush();
            _failed = false;
        }
        catch (Exception e) when (e is IOException or NotSupportedException)
        {
            // Said once per outage; the requests go on.
            if (!_failed) log.Error($"The access log cannot be written, its lines are lost until it can: {e.Message}");
            _failed = true;
        }
    }
}
