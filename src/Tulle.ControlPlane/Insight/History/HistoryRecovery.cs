namespace Tulle.ControlPlane.Insight.History;

/// <summary>Makes whole what a run that ended without a word left in the database.</summary>
internal static class HistoryRecovery
{
    /// <param name="database">The file, at the start of a run.</param>
    /// <param name="series">Numbers of all series.</param>
    /// <param name="oldest">Second before which nothing need be done.</param>
    public static void Recover(HistoryDatabase database, IEnumerable<long> series, long oldest) => database.Commit(() =>
    {
        foreach ((long number, TrafficSlot slot) in database.Filling().SelectMany(piece => FillingSlots.Decode(piece))) Merge(database, number, HistoryStore.FineStep, slot);
        database.KeepFilling([]);
        // Minutes are written for all series at once.
        long from = Math.Max((database.LastSlot(HistoryStore.CoarseStep) ?? 0) + HistoryStore.CoarseStep, oldest);
        (from, long until) = database.Within(HistoryStore.FineStep, from, long.MaxValue);
        if (from >= until) return;
        foreach (long number in series) RollUp(database, number, from, until);
    });

    /// <summary>Writes a slot, together with what there is of it.</summary>
    public static void Merge(HistoryDatabase database, long series, int step, TrafficSlot slot)
    {
        foreach (TrafficSlot before in database.Slots(series, step, slot.Second, slot.Second + 1)) slot.Add(before);
        database.Write(series, step, slot);
    }

    private static void RollUp(HistoryDatabase database, long series, long from, long until)
    {
        foreach (IGrouping<long, TrafficSlot> minute in database.Slots(series, HistoryStore.FineStep, from, until).GroupBy(slot => slot.Second - slot.Second % HistoryStore.CoarseStep))
        {
            var whole = new TrafficSlot(minute.Key);
            foreach (TrafficSlot slot in minute) whole.Add(slot);
            database.Write(series, HistoryStore.CoarseStep, whole);
        }
    }
}
