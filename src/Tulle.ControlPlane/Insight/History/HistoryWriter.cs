namespace Tulle.ControlPlane.Insight.History;

/// <summary>Writes slots to the database, together with what there is of them: a run may have ended within them.</summary>
/// <param name="rollUp">Hears of what is written.</param>
internal sealed class HistoryWriter(HistoryDatabase database, HistoryRollUp rollUp)
{
    private readonly SlotBlock _block = new();

    /// <summary>Takes in the slots that still filled when the last run ended without a word.</summary>
    public void Recover() => database.Commit(() =>
    {
        IReadOnlyList<byte[]> pieces = database.Filling();
        if (pieces.Count == 0) return;
        Write(pieces.SelectMany(piece => FillingSlots.Decode(piece)));
        database.KeepFilling([]);
    });

    /// <summary>Writes all of it, or nothing.</summary>
    public void Write(HistoryBatch batch)
    {
        database.Commit(() =>
        {
            foreach ((HistoryId id, HistoryEntry entry) in batch.Unsaved) database.AddSeries(entry.Number, id);
            Write(batch.Full.Select(full => (full.Entry.Number, full.Slot)));
            database.KeepFilling(batch.Filling);
        });
        foreach ((_, HistoryEntry entry) in batch.Unsaved) entry.Saved = true;
    }

    private void Write(IEnumerable<(long Series, TrafficSlot Slot)> slots)
    {
        long? first = database.Tens.First;
        // In the order in which they lie.
        foreach (IGrouping<(long Second, long Block), (long Series, TrafficSlot Slot)> group in slots.GroupBy(item => (item.Slot.Second, SlotBlock.Of(item.Series))).OrderBy(group => group.Key))
        {
            foreach ((long series, TrafficSlot slot) in group) _block.Put(series, slot);
            database.Tens.Write(group.Key.Second, group.Key.Block, _block);
            if (group.Key.Second < rollUp.MinutesUntil) rollUp.Reopen(group.Key.Second, first);
        }
    }
}

/// <summary>What is written at one time.</summary>
/// <param name="Full">Slots that nothing is added to any more.</param>
/// <param name="Filling">The others, as <see cref="FillingSlots"/>.</param>
/// <param name="Unsaved">Series that the database does not know.</param>
/// <param name="Blocks">Those of all series.</param>
internal sealed record HistoryBatch(
    IReadOnlyList<FullSlot> Full, IReadOnlyList<byte[]> Filling, IReadOnlyList<(HistoryId Id, HistoryEntry Entry)> Unsaved, IReadOnlyCollection<long> Blocks)
{
    public bool IsEmpty => Full.Count + Filling.Count + Unsaved.Count == 0;

    /// <summary>Closes what no report of a second reaches, and takes what is to be written. The caller holds the guard of the series.</summary>
    public static HistoryBatch Of(HistoryEntries series, SlotPool slots, long now)
    {
        foreach (HistoryEntry entry in series.All) entry.Close(now, slots);
        return new HistoryBatch([.. slots.Full], FillingSlots.Encode(series.All), series.Where((_, entry) => !entry.Saved), series.Blocks);
    }
}
