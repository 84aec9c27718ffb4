using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>
/// The last ten minutes of one series: a minute second by second, the rest in steps of ten seconds. Seconds without
/// traffic take no memory. Guarded by its <see cref="ProxyTraffic"/>.
/// </summary>
internal sealed class SeriesHistory
{
    /// <summary>How far back traffic is remembered, seconds.</summary>
    public const int MaxAge = 600;

    private const int FineAge = 60;
    private const int CoarseStep = 10;

    // The newest of each still fills; what is complete is packed.
    private readonly PackedSlots _fine = new();
    private readonly PackedSlots _coarse = new();
    private TrafficSlot? _lastFine;
    private TrafficSlot? _lastCoarse;

    public long OpenConnections { get; set; }

    /// <summary>Second of the newest traffic; 0 when there was none.</summary>
    public long LastSecond { get; private set; }

    public void Add(TrafficDelta delta, long second)
    {
        OpenConnections = delta.OpenConnections;
        LastSecond = second;
        if (delta is { Requests: 0, BytesReceived: 0, BytesSent: 0, Errors.Count: 0 }) return;
        // A clock that was set back must not break the order of the queue.
        if (_lastFine is null || _lastFine.Second < second)
        {
            if (_lastFine is not null) _fine.Enqueue(_lastFine);
            _lastFine = new TrafficSlot(second);
        }
        _lastFine.Add(delta);
        Age(second);
    }

    /// <summary>Sums what was counted after a second.</summary>
    public void AddTo(TrafficTotals totals, long after, bool tls)
    {
        _coarse.AddTo(totals, after, tls);
        if (_lastCoarse?.Second > after) totals.Add(_lastCoarse, tls);
        _fine.AddTo(totals, after, tls);
        if (_lastFine?.Second > after) totals.Add(_lastFine, tls);
    }

    private void Age(long now)
    {
        while (!_fine.IsEmpty && _fine.Oldest <= now - FineAge)
        {
            TrafficSlot oldest = _fine.Dequeue();
            long start = oldest.Second - oldest.Second % CoarseStep;
            if (_lastCoarse is null || _lastCoarse.Second != start)
            {
                if (_lastCoarse is not null) _coarse.Enqueue(_lastCoarse);
                _lastCoarse = new TrafficSlot(start);
            }
            _lastCoarse.Add(oldest);
        }
        while (!_coarse.IsEmpty && _coarse.Oldest <= now - MaxAge) _coarse.Dequeue();
    }
}
