namespace Tulle.ControlPlane.Insight.History;

/// <summary>The sums that a question wants, by series as they lie in the database. Not thread-safe.</summary>
/// <param name="first">Second before which nothing is counted.</param>
/// <param name="from">First second of the first sum.</param>
/// <param name="until">The second after the last.</param>
/// <param name="step">Seconds of each; null for one of all of the time.</param>
internal sealed class HistorySums(long first, long from, long until, int? step)
{
    private readonly Dictionary<long, Series?[]> _blocks = [];
    private readonly long _step = step ?? long.MaxValue;

    /// <summary>Second before which nothing is counted.</summary>
    public long First => first;

    /// <summary>Those with series that are wanted.</summary>
    public IReadOnlyCollection<long> Blocks => _blocks.Keys;

    /// <summary>More than half of the blocks are wanted.</summary>
    public bool WantsMost { get; private set; }

    /// <summary>Finds the series that are wanted, and adds what is not written of them. The caller holds the guard of the series.</summary>
    /// <param name="sumsOf">The sums of a series; null leaves it out.</param>
    public void Gather(HistoryEntries series, SlotPool slots, Func<HistoryId, TrafficTotals[]?> sumsOf)
    {
        var wanted = new Dictionary<HistoryEntry, Series>();
        foreach ((HistoryId id, HistoryEntry entry) in series.Pairs)
        {
            if (sumsOf(id) is not { } steps) continue;
            Series sums = wanted[entry] = new Series(steps, id.Series.Tls);
            long block = SlotBlock.Of(entry.Number);
            if (!_blocks.TryGetValue(block, out Series?[]? places)) _blocks[block] = places = new Series?[SlotBlock.Series];
            places[SlotBlock.PlaceOf(entry.Number)] = sums;
            foreach (TrafficSlot slot in entry.Filling) Add(sums, slot);
        }
        foreach (FullSlot full in slots.Full)
        {
            if (wanted.TryGetValue(full.Entry, out Series? sums)) Add(sums, full.Slot);
        }
        WantsMost = 2 * _blocks.Count > series.Blocks.Count;
    }

    /// <summary>Adds what is wanted of a block.</summary>
    public void Add(long second, long block, ReadOnlySpan<byte> bytes)
    {
        if (!_blocks.TryGetValue(block, out Series?[]? places)) return;
        long index = (second - from) / _step;
        while (SlotBlock.TryNext(ref bytes, out int place, out ReadOnlySpan<byte> slot))
        {
            if (places[place] is { } series) SlotEncoding.AddTo(series.Steps[index], slot, series.Tls);
        }
    }

    private void Add(Series series, TrafficSlot slot)
    {
        if (slot.Second >= first && slot.Second < until) series.Steps[(slot.Second - from) / _step].Add(slot, series.Tls);
    }

    private sealed record Series(TrafficTotals[] Steps, bool Tls);
}
