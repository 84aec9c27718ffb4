using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry;

/// <summary>
/// The taps that run now. Loops offer requests; what a tap wants goes, as events, into a bounded queue from which the insight stream
/// reads. When the queue is full events are dropped and counted: a tap must never slow a request.
/// </summary>
internal sealed class TapHub(TimeProvider time) : ITapSink
{
    /// <summary>Most taps at one time. Each costs every request a comparison.</summary>
    public const int MaxTaps = 16;

    /// <summary>Most tapped requests in flight; further ones go unreported.</summary>
    public const int MaxStreams = 4_096;

    /// <summary>Most events that wait for the stream; about 1 MB.</summary>
    public const int QueueCapacity = 4_096;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<ulong, TappedStream> _streams = new(concurrencyLevel: 1, capacity: 31);
    private readonly Channel<TapEvent> _events = Channel.CreateBounded<TapEvent>(new BoundedChannelOptions(QueueCapacity)
    {
        SingleReader = true,
        FullMode = BoundedChannelFullMode.Wait,
    });

    private volatile Tap[] _taps = [];
    private ulong _lastStream;
    private int _open;
    private long _dropped;

    /// <inheritdoc/>
    public bool IsActive => _taps.Length > 0;

    /// <summary>What the insight stream sends. One reader.</summary>
    public ChannelReader<TapEvent> Events => _events.Reader;

    /// <summary>Events that nobody got because a limit was reached.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Begins a tap, or replaces the one of the same id. False when <see cref="MaxTaps"/> run already. Any thread.</summary>
    public bool Start(TapStart command)
    {
        lock (_lock)
        {
            StopLocked(command.TapId);
            if (_taps.Length >= MaxTaps) return false;
            _taps = [.. _taps, new Tap(command, time)];
            return true;
        }
    }

    /// <summary>Ends a tap; an unknown one is ignored. Any thread.</summary>
    public void Stop(ulong tapId)
    {
        lock (_lock) StopLocked(tapId);
    }

    /// <summary>Ends every tap: whoever asked for them is gone. Any thread.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            foreach (Tap tap in _taps) tap.Stopped = true;
            _taps = [];
        }

        while (_events.Reader.TryRead(out _)) { }
    }

    /// <inheritdoc/>
    public ulong OnRequest(in TapRequestInfo request, ReadOnlySpan<byte> method, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path)
    {
        List<Tap>? takers = null;
        foreach (Tap tap in _taps)
        {
            if (tap.TryTake(request, method, authority, path)) (takers ??= []).Add(tap);
        }

        if (takers is null) return 0;
        if (Interlocked.Increment(ref _open) > MaxStreams)
        {
            Interlocked.Decrement(ref _open);
            Interlocked.Increment(ref _dropped);
            return 0;
        }

        ulong stream = Interlocked.Increment(ref _lastStream);
        var tapped = new TappedStream(stream, request, [.. takers]);
        _streams[stream] = tapped;
        Enqueue(tapped, new TapEvent
        {
            Request = new TapRequest
            {
                Method = Encoding.Latin1.GetString(method),
                Scheme = "http",
                Authority = Encoding.Latin1.GetString(authority),
                Path = Encoding.Latin1.GetString(path),
            },
        });
        return stream;
    }

    /// <inheritdoc/>
    public void OnResponse(ulong stream, int status, long latencyMicros, string? meshError)
    {
        if (!_streams.TryGetValue(stream, out TappedStream? tapped)) return;
        Enqueue(tapped, new TapEvent
        {
            Response = new TapResponse { Status = (uint)status, LatencyMicros = (ulong)Math.Max(0, latencyMicros), MeshError = meshError ?? "" },
        });
    }

    /// <inheritdoc/>
    public void OnEnd(ulong stream, long durationMicros, long responseBytes, string? resetError)
    {
        if (!_streams.TryRemove(stream, out TappedStream? tapped)) return;
        Interlocked.Decrement(ref _open);
        Enqueue(tapped, new TapEvent
        {
            End = new TapEnd
            {
                DurationMicros = (ulong)Math.Max(0, durationMicros),
                ResponseBytes = (ulong)Math.Max(0, responseBytes),
                ResetError = resetError ?? "",
            },
        });
    }

    private void StopLocked(ulong tapId)
    {
        foreach (Tap tap in _taps)
        {
            if (tap.Id == tapId) tap.Stopped = true;
        }

        _taps = [.. _taps.Where(tap => !tap.Stopped)];
    }

    /// <summary>Sends an event, which names no tap yet, to every tap of the stream that still runs.</summary>
    private void Enqueue(TappedStream tapped, TapEvent what)
    {
        what.Stream = tapped.Stream;
        what.Direction = tapped.Info.Direction;
        what.Source = tapped.Info.Source;
        what.Destination = tapped.Info.Destination;
        what.Tls = tapped.Info.Tls;
        what.PeerIdentity = tapped.Info.PeerIdentity;
        what.UnixMicros = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        foreach (Tap tap in tapped.Taps)
        {
            if (tap.Stopped) continue;
            TapEvent copy = tapped.Taps.Length == 1 ? what : what.Clone();
            copy.TapId = tap.Id;
            if (!_events.Writer.TryWrite(copy)) Interlocked.Increment(ref _dropped);
        }
    }

    private sealed record TappedStream(ulong Stream, TapRequestInfo Info, Tap[] Taps);
}
