using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Tulle.Http;
using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry;

/// <summary>
/// The taps that run now. Loops offer requests; what a tap wants goes, as events, into a bounded queue from which the insight stream
/// reads. When the queue is full events are dropped and counted: a tap must never slow a request.
/// </summary>
/// <param name="time">Clock of the events.</param>
/// <param name="redacted">Header fields whose values stay here, beyond the usual ones.</param>
internal sealed class TapHub(TimeProvider time, IEnumerable<string>? redacted = null) : ITapSink
{
    /// <summary>Most taps at one time. Each costs every request a comparison.</summary>
    public const int MaxTaps = 16;

    /// <summary>Most tapped requests in flight; further ones go unreported.</summary>
    public const int MaxStreams = 4_096;

    /// <summary>Most events that wait for the stream; about 1 MB.</summary>
    public const int QueueCapacity = 4_096;

    /// <summary>Events that do not wait for more to come: the rest of the queue is for those of the meantime.</summary>
    private const int Many = QueueCapacity / 4;

    // What comes out of silence waits only for the end of its own request, so that a person sees it at once.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly TapFields _fields = new(redacted ?? []);
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
    private TaskCompletionSource _many = NewSignal();
    private long? _gathered;

    /// <inheritdoc/>
    public bool IsActive => _taps.Length > 0;

    /// <summary>What the insight stream sends. One reader.</summary>
    public ChannelReader<TapEvent> Events => _events.Reader;

    /// <summary>Events that nobody got because a limit was reached.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Completes when there are events, and they have gathered for so long or are many; sooner for those that come out of silence. One at a time.</summary>
    public async Task GatherAsync(TimeSpan interval, CancellationToken cancellation)
    {
        await Events.WaitToReadAsync(cancellation).ConfigureAwait(false);
        TaskCompletionSource many = NewSignal();
        Volatile.Write(ref _many, many);
        bool isFirst = _gathered is not { } last || time.GetElapsedTime(last) >= Silence;
        if (Events.Count < Many)
            await many.Task.WaitAsync(isFirst ? FirstInterval : interval, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _gathered = time.GetTimestamp();
    }

    /// <summary>Begins a tap, or replaces the one of the same id. False when <see cref="MaxTaps"/> run already. Any thread.</summary>
    public bool Start(TapStart command)
    {
        lock (_lock)
        {
            StopLocked(command.TapId);
            if (_taps.Length >= MaxTaps) return false;
            _taps = [.. _taps, new Tap(command, _fields, time)];
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
    public ulong OnRequest(in TapRequestInfo request, ReadOnlySpan<byte> method, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path, in FieldsView fields)
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
            foreach (Tap tap in takers) tap.CountLost();
            return 0;
        }

        ulong stream = Interlocked.Increment(ref _lastStream);
        var tapped = new TappedStream(stream, request, [.. takers]);
        _streams[stream] = tapped;
        var what = new TapEvent
        {
            Request = new TapRequest
            {
                Method = Encoding.Latin1.GetString(method),
                Scheme = "http",
                Authority = Encoding.Latin1.GetString(authority),
                Path = Encoding.Latin1.GetString(path),
            },
        };
        Describe(tapped, what);
        foreach (Tap tap in tapped.Taps)
        {
            TapEvent own = Own(tapped, what, tap);
            tap.Fields?.Add(own.Request.Headers, fields);
            if (tap.WaitsForStatus) tapped.Held[tap] = own;
            else Enqueue(own, tap);
        }
        return stream;
    }

    /// <inheritdoc/>
    public void OnResponse(ulong stream, int status, long latencyMicros, string? meshError, in FieldsView fields)
    {
        if (!_streams.TryGetValue(stream, out TappedStream? tapped)) return;
        var what = new TapEvent
        {
            Response = new TapResponse { Status = (uint)status, LatencyMicros = (ulong)Math.Max(0, latencyMicros), MeshError = meshError ?? "" },
        };
        Describe(tapped, what);
        foreach (Tap tap in tapped.Taps)
        {
            if (tapped.Held.Remove(tap, out TapEvent? request))
            {
                if (!tap.TryTake(status))
                {
                    tapped.Refused.Add(tap);
                    continue;
                }
                Enqueue(request, tap);
            }
            TapEvent own = Own(tapped, what, tap);
            tap.Fields?.Add(own.Response.Headers, fields);
            Enqueue(own, tap);
        }
    }

    /// <inheritdoc/>
    public void OnTrailers(ulong stream, in FieldsView trailers)
    {
        if (trailers.Slots.IsEmpty || !_streams.TryGetValue(stream, out TappedStream? tapped)) return;
        foreach (Tap tap in tapped.Taps)
        {
            if (tap.Fields is null) continue;
            var end = new TapEnd();
            tap.Fields.Add(end.Trailers, trailers);
            tapped.Trailers[tap] = end;
        }
    }

    /// <inheritdoc/>
    public void OnEnd(ulong stream, long durationMicros, long responseBytes, string? resetError)
    {
        if (!_streams.TryRemove(stream, out TappedStream? tapped)) return;
        Interlocked.Decrement(ref _open);
        var what = new TapEvent
        {
            End = new TapEnd
            {
                DurationMicros = (ulong)Math.Max(0, durationMicros),
                ResponseBytes = (ulong)Math.Max(0, responseBytes),
                ResetError = resetError ?? "",
            },
        };
        Describe(tapped, what);
        foreach (Tap tap in tapped.Taps)
        {
            // Without a response there is no status that it could have waited for.
            if (tapped.Held.ContainsKey(tap) || tapped.Refused.Contains(tap)) continue;
            TapEvent own = Own(tapped, what, tap);
            if (tapped.Trailers.TryGetValue(tap, out TapEnd? trailers)) own.End.Trailers.Add(trailers.Trailers);
            Enqueue(own, tap);
        }
    }

    /// <summary>What running taps have missed since the last call, an event for each tap that did. The insight thread.</summary>
    public IEnumerable<TapEvent> TakeLosses()
    {
        foreach (Tap tap in _taps)
        {
            if (tap.TakeLoss() is { } loss) yield return new TapEvent { TapId = tap.Id, Loss = loss };
        }
    }

    private void StopLocked(ulong tapId)
    {
        foreach (Tap tap in _taps)
        {
            if (tap.Id == tapId) tap.Stopped = true;
        }

        _taps = [.. _taps.Where(tap => !tap.Stopped)];
    }

    private void Describe(TappedStream tapped, TapEvent what)
    {
        what.Stream = tapped.Stream;
        what.Direction = tapped.Info.Direction;
        what.Source = tapped.Info.Source;
        what.Destination = tapped.Info.Destination;
        what.Tls = tapped.Info.Tls;
        what.PeerIdentity = tapped.Info.PeerIdentity;
        what.UnixMicros = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    }

    private static TapEvent Own(TappedStream tapped, TapEvent what, Tap tap)
    {
        TapEvent own = tapped.Taps.Length == 1 ? what : what.Clone();
        own.TapId = tap.Id;
        return own;
    }

    private void Enqueue(TapEvent what, Tap tap)
    {
        if (tap.Stopped) return;
        if (_events.Writer.TryWrite(what))
        {
            if (Events.Count >= Many) Volatile.Read(ref _many).TrySetResult();
            return;
        }
        Interlocked.Increment(ref _dropped);
        tap.CountLost();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A request of one loop that some taps watch.</summary>
    private sealed record TappedStream(ulong Stream, TapRequestInfo Info, Tap[] Taps)
    {
        /// <summary>Requests that wait for their status.</summary>
        public Dictionary<Tap, TapEvent> Held { get; } = [];

        public Dictionary<Tap, TapEnd> Trailers { get; } = [];

        /// <summary>Taps that did not want the status.</summary>
        public HashSet<Tap> Refused { get; } = [];
    }
}
