namespace Tulle.ControlPlane.Insight.History;

/// <summary>The series of the history, so many and no more. Guarded by its <see cref="HistoryStore"/>.</summary>
/// <param name="capacity">Most series; what comes beyond is summed under the name "overflow".</param>
internal sealed class HistoryEntries(int capacity)
{
    private readonly Dictionary<HistoryId, HistoryEntry> _entries = [];
    private IReadOnlyCollection<long>? _blocks;
    private long _lastNumber;
    private long _overflowed;

    public int Count => _entries.Count;

    /// <summary>Times that something was counted under "overflow". May be read without the guard.</summary>
    public long Overflowed => Interlocked.Read(ref _overflowed);

    public IReadOnlyCollection<HistoryEntry> All => _entries.Values;

    public IEnumerable<KeyValuePair<HistoryId, HistoryEntry>> Pairs => _entries;

    /// <summary>Numbers of the blocks that they are written to; new ones make another list.</summary>
    public IReadOnlyCollection<long> Blocks => _blocks ??= [.. _entries.Values.Select(entry => SlotBlock.Of(entry.Number)).Distinct().Order()];

    /// <summary>Those that a filter accepts.</summary>
    public (HistoryId Id, HistoryEntry Entry)[] Where(Func<HistoryId, HistoryEntry, bool> filter) =>
        [.. _entries.Where(pair => filter(pair.Key, pair.Value)).Select(pair => (pair.Key, pair.Value))];

    /// <summary>The entry of a series, a new one if it is new and there is room.</summary>
    public HistoryEntry Of(HistoryId id)
    {
        if (_entries.TryGetValue(id, out HistoryEntry? known)) return known;
        if (_entries.Count >= capacity)
        {
            Interlocked.Increment(ref _overflowed);
            id = new HistoryId("", "", SeriesId.Overflow(id.Series.Direction, id.Series.Tls));
            if (_entries.TryGetValue(id, out known)) return known;
        }
        _blocks = null;
        return _entries[id] = new HistoryEntry(++_lastNumber);
    }

    /// <summary>Takes in what the database knows.</summary>
    /// <param name="number">Of the series.</param>
    /// <param name="id">Its name.</param>
    /// <param name="noted">Second of its newest traffic, or of some before that; 0 if that was never noted.</param>
    /// <param name="now">Taken for the second of its newest traffic then.</param>
    public void Load(long number, HistoryId id, long noted, long now)
    {
        _lastNumber = Math.Max(_lastNumber, number);
        _blocks = null;
        _entries[id] = new HistoryEntry(number) { Saved = true, LastSecond = noted > 0 ? noted : now, NotedSecond = noted };
    }

    /// <summary>Takes out those that had no traffic since a second.</summary>
    public HistoryEntry[] RemoveSilent(long since)
    {
        (HistoryId Id, HistoryEntry Entry)[] silent = Where((_, entry) => entry.Saved && entry.IsAtRest && entry.LastSecond < since);
        foreach ((HistoryId id, _) in silent) _entries.Remove(id);
        _blocks = null;
        return [.. silent.Select(pair => pair.Entry)];
    }
}
