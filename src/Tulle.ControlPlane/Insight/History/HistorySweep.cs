namespace Tulle.ControlPlane.Insight.History;

/// <summary>Forgets what is too old, every ten minutes. Its owner holds the database while it runs.</summary>
/// <param name="gate">Guards the series.</param>
/// <param name="next">Second of the first time.</param>
internal sealed class HistorySweep(HistoryDatabase database, HistoryEntries series, Lock gate, long next)
{
    private const int Period = 600;

    private long _next = next;

    public void Run(long now)
    {
        if (now < _next) return;
        _next = now + Period;
        HistoryEntry[] silent, heard;
        lock (gate)
        {
            silent = series.RemoveSilent(now - HistoryStore.CoarseAge);
            heard = [.. series.All.Where(entry => entry.Saved && entry.LastSecond != entry.NotedSecond)];
            foreach (HistoryEntry entry in heard) entry.NotedSecond = entry.LastSecond;
        }
        database.Commit(() =>
        {
            foreach (HistoryEntry entry in silent) database.RemoveSeries(entry.Number);
            foreach (HistoryEntry entry in heard) database.Saw(entry.Number, entry.NotedSecond);
            database.Tens.Forget(database.Minutes.Floor(now - HistoryStore.FineAge));
            foreach (SlotTable table in (SlotTable[])[database.Minutes, database.Hours]) table.Forget(database.Hours.Floor(now - HistoryStore.CoarseAge));
        });
    }
}
