using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>
/// The last ten minutes of one series: a minute and a half as it was reported, the rest in steps of half a minute. Seconds without
/// traffic take no memory. Guarded by its <see cref="ProxyTraffic"/>.
/// </summary>
internal sealed class SeriesHistory
{
    /// <summary>How far back traffic is remembered, seconds.</summary>
    public const int MaxAge = 600;

    /// <summary>So that no step reaches into a window of a minute.</summary>
    private const int FineAge = 60 + CoarseStep;
    private const int CoarseStep = 30;

    private readonly PackedSlots _fine = new();

    // Each of the last second of its step, and reaches back to the first one that has traffic.
    private readonly PackedSlots _coarse = new();

    public long OpenConnections { get; set; }

    /// <summary>Second of the newest traffic; 0 when there was none.</summary>
    public long LastSecond { get; private set; }

    /// <param name="second">When it was reported.</param>
    /// <param name="reach">Seconds before that one in which some of it may have happened.</param>
    public void Add(TrafficDelta delta, long second, int reach)
    {
        OpenConnections = delta.OpenConnections;
        LastSecond = second;
        if (delta is { Requests: 0, BytesReceived: 0, BytesSent: 0, Errors.Count: 0 }) return;
        _fine.Add(delta, second, reach);
        Age(second);
    }

    /// <summary>Sums what was reported after a second.</summary>
    /// <returns>Seconds before it that the reports reach back, whose traffic is in the sum.</returns>
    public int AddTo(TrafficTotals totals, long after, bool tls) => Math.Max(_coarse.AddTo(totals, after, tls), _fine.AddTo(totals, after, tls));

    private void Age(long now)
    {
        while (!_fine.IsEmpty && _fine.Oldest <= now - FineAge)
        {
            _coarse.Add(_fine.Dequeue(_fine.Oldest - _fine.Oldest % CoarseStep + CoarseStep - 1));
        }
        while (!_coarse.IsEmpty && _coarse.Oldest <= now - MaxAge) _coarse.Dequeue();
    }
}
