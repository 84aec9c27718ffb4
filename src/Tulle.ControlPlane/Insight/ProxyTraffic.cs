using Google.Protobuf.Collections;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>What one proxy reported. Thread-safe.</summary>
internal sealed class ProxyTraffic
{
    /// <summary>Most series kept per proxy; what comes beyond is summed under the name "overflow".</summary>
    public const int MaxSeries = 500;

    private readonly Lock _gate = new();
    private readonly Dictionary<SeriesId, SeriesHistory> _series = [];
    private readonly long _firstSecond;
    private long _lastSecond;
    private int _lastReach;

    /// <param name="firstSecond">The first that it reports of.</param>
    public ProxyTraffic(long firstSecond) => _firstSecond = _lastSecond = firstSecond;

    /// <summary>Second of the last report.</summary>
    public long LastSecond
    {
        get
        {
            lock (_gate) return _lastSecond;
        }
    }

    /// <param name="reach">Seconds before <paramref name="second"/> that are in it too.</param>
    public void Add(RepeatedField<TrafficDelta> deltas, long second, int reach)
    {
        lock (_gate)
        {
            _lastSecond = second;
            // What could not be reported for long says nothing of when the next report is due.
            _lastReach = Math.Min(reach, ReportPacer.MaxPeriod - 1);
            foreach (TrafficDelta delta in deltas) Series(delta).Add(delta, second, reach);
        }
    }

    /// <summary>The proxy is gone, and its connections with it.</summary>
    public void Disconnected()
    {
        lock (_gate)
        {
            foreach (SeriesHistory series in _series.Values) series.OpenConnections = 0;
        }
    }

    /// <summary>Sums series over the seconds (now − window, now], each where it belongs.</summary>
    public void AddTo(Func<SeriesId, TrafficTotals?> totalsOf, long now, int window)
    {
        lock (_gate)
        {
            // A proxy younger than the window would look slower than it is; so would one whose next report is not due yet.
            long silent = now - _lastSecond is var ago && ago <= _lastReach ? Math.Clamp(ago, 0, window - 1) : 0;
            long seconds = Math.Clamp(now - _firstSecond + 1, 1, window) - silent;
            foreach ((SeriesId id, SeriesHistory series) in _series)
            {
                if (totalsOf(id) is not { } totals) continue;
                ulong before = totals.Requests;
                int early = series.AddTo(totals, now - window, id.Tls);
                totals.AddConnections(series.OpenConnections, id.Tls);
                // What reports of the window's first seconds have of the time before it is counted; so is that time.
                totals.RequestsPerSecond += (double)(totals.Requests - before) / Math.Max(1, seconds + early);
            }
        }
    }

    /// <summary>Adds open connections, each where it belongs.</summary>
    public void AddConnectionsTo(Func<SeriesId, TrafficTotals?> totalsOf)
    {
        lock (_gate)
        {
            foreach ((SeriesId id, SeriesHistory series) in _series)
            {
                if (series.OpenConnections != 0) totalsOf(id)?.AddConnections(series.OpenConnections, id.Tls);
            }
        }
    }

    private SeriesHistory Series(TrafficDelta delta)
    {
        SeriesId id = SeriesId.Of(delta);
        if (_series.TryGetValue(id, out SeriesHistory? known)) return known;
        if (_series.Count >= MaxSeries) Forget();
        if (_series.Count >= MaxSeries) id = SeriesId.Overflow(delta.Direction, delta.Tls);
        if (!_series.TryGetValue(id, out known)) _series[id] = known = new SeriesHistory();
        return known;
    }

    private void Forget()
    {
        foreach ((SeriesId id, SeriesHistory series) in _series)
        {
            if (series.LastSecond < _lastSecond - SeriesHistory.MaxAge && series.OpenConnections == 0) _series.Remove(id);
        }
    }
}
