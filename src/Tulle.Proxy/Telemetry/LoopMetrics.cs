using System.Collections.Concurrent;
using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry;

/// <summary>
/// The series of one event loop. The loop looks a series up once per connection, route or endpoint and keeps it, so a
/// request costs no lookup. Bounded: past <see cref="MaxSeries"/> everything new shares one overflow series.
/// </summary>
internal sealed class LoopMetrics
{
    /// <summary>Most series kept per loop. 2,000 × 2.5 KB bounds the memory to 5 MB whatever clients send.</summary>
    public const int MaxSeries = 2_000;

    /// <summary>Most of them that are about names outside of the mesh, which an application can make up: they must not displace its services.</summary>
    public const int MaxExternalSeries = 200;

    private static readonly SeriesKey OverflowKey = default(SeriesKey) with
    {
        PeerIdentity = "", PeerWorkload = "", ServiceNamespace = "", ServiceName = "overflow", Backend = "", Route = "",
    };

    /// <summary>Requests delayed and aborted on purpose. Only the loop writes.</summary>
    public long FaultDelays, FaultAborts;

    /// <summary>Copies of requests sent to mirrors, and those that were not. Only the loop writes.</summary>
    public long MirrorsSent, MirrorsDropped;

    /// <summary>Spans reported, and those that were beyond the rate. Only the loop writes.</summary>
    public long Spans, SpansLimited;

    // Concurrent only because the telemetry thread enumerates it; the loop is the one writer.
    private readonly ConcurrentDictionary<SeriesKey, TrafficSeries> _series = new(concurrencyLevel: 1, capacity: 31);
    private readonly ConcurrentDictionary<(Direction Direction, string Reason), MeshErrorCounter> _errors = new(concurrencyLevel: 1, capacity: 31);

    private int _external;
    private int _count;
    private long _overflowed, _overflowedExternal;

    /// <summary>What policies did.</summary>
    public PolicyCounters Policies { get; } = new();

    /// <summary>What became of connections.</summary>
    public ConnectionCounters Connections { get; } = new();

    /// <summary>Requests whose traces are recorded.</summary>
    public ExemplarStore Exemplars { get; } = new();

    /// <summary>Series kept. Any thread.</summary>
    public int SeriesCount => Volatile.Read(ref _count);

    /// <summary>How often the limit of all series was met. Any thread.</summary>
    public long Overflowed => Volatile.Read(ref _overflowed);

    /// <summary>How often that of names outside of the mesh was. Any thread.</summary>
    public long OverflowedExternal => Volatile.Read(ref _overflowedExternal);

    /// <summary>The series of a key, made when it is new. Loop thread.</summary>
    public TrafficSeries Series(in SeriesKey key)
    {
        if (_series.TryGetValue(key, out TrafficSeries? series)) return series;
        bool external = key.ServiceNamespace.Length == 0 && key.ServiceName.Length > 0 && key.Direction == Direction.Outbound;
        if (_count >= MaxSeries || (external && _external >= MaxExternalSeries)) return Overflow(key.Direction, external && _count < MaxSeries);
        if (external) _external++;
        return Add(key);
    }

    private TrafficSeries Overflow(Direction direction, bool external)
    {
        if (external) _overflowedExternal++;
        else _overflowed++;
        SeriesKey key = OverflowKey with { Direction = direction };
        return _series.TryGetValue(key, out TrafficSeries? series) ? series : Add(key);
    }

    private TrafficSeries Add(in SeriesKey key)
    {
        var series = new TrafficSeries(key, _count);
        _series[key] = series;
        Volatile.Write(ref _count, _count + 1);
        return series;
    }

    /// <summary>Counts an error that the mesh made itself. Loop thread; allocates only for a reason's first time.</summary>
    /// <param name="direction">The side that answered.</param>
    /// <param name="reason">The token of the <c>tulle-error</c> header: one of a fixed set, never text from a peer.</param>
    public void CountError(Direction direction, string reason)
    {
        if (!_errors.TryGetValue((direction, reason), out MeshErrorCounter? counter))
            counter = _errors.GetOrAdd((direction, reason), static k => new MeshErrorCounter(k.Direction, k.Reason));
        counter.Count++;
    }

    /// <summary>Every reason there was. Any thread.</summary>
    public IEnumerable<MeshErrorCounter> Errors => _errors.Select(pair => pair.Value);

    /// <summary>Every series there is. Any thread.</summary>
    public IEnumerable<TrafficSeries> All => _series.Select(pair => pair.Value);
}
