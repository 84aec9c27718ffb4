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

    private readonly Queue<TrafficSlot> _fine = new();
    private readonly Queue<TrafficSlot> _coarse = new();
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
            _lastFine = new TrafficSlot(second);
            _fine.Enqueue(_lastFine);
        }
        _lastFine.Add(delta);
        Age(second);
    }

    /// <summary>Sums what was counted after a second.</summary>
    public void AddTo(TrafficTotals totals, long after, bool tls)
    {
        foreach (TrafficSlot slot in _coarse)
        {
            if (slot.Second > after) totals.Add(slot, tls);
        }
        foreach (TrafficSlot slot in _fine)
        {
            if (slot.Second > after) totals.Add(slot, tls);
        }
    }

    private void Age(long now)
    {
        while (_fine.TryPeek(out TrafficSlot? oldest) && oldest.Second <= now - FineAge)
        {
            _fine.Dequeue();
            long start = oldest.Second - oldest.Second % CoarseStep;
            if (_lastCoarse is null || _lastCoarse.Second != start)
            {
                _lastCoarse = new TrafficSlot(start);
                _coarse.Enqueue(_lastCoarse);
            }
            _lastCoarse.Add(oldest);
        }
        while (_coarse.TryPeek(out TrafficSlot? oldest) && oldest.Second <= now - MaxAge) _coarse.Dequeue();
    }
}
