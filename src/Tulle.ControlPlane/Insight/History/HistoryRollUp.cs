namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// Sums slots of ten seconds up to minutes and minutes to hours, when nothing is added to them any more. Only what is in the file is summed, so that a run that
/// ends without a word loses nothing of it: the next one goes on where it ended. Its owner holds the database.
/// </summary>
internal sealed class HistoryRollUp
{
    private readonly HistoryDatabase _database;
    private readonly SlotBlock _sum = new();

    public HistoryRollUp(HistoryDatabase database)
    {
        _database = database;
        Load();
    }

    /// <summary>Second before which all minutes are complete.</summary>
    public long MinutesUntil { get; private set; }

    /// <summary>Second before which all hours are complete.</summary>
    public long HoursUntil { get; private set; }

    /// <summary>Goes by what the file says, as after a transaction that failed.</summary>
    public void Load()
    {
        MinutesUntil = _database.Minutes.Last + HistoryStore.CoarseStep ?? 0;
        HoursUntil = _database.Hours.Last + HistoryStore.HourStep ?? 0;
    }

    /// <summary>Sums what is complete.</summary>
    /// <param name="until">Slots of ten seconds that end before this second get nothing any more.</param>
    /// <param name="blocks">Those that there are.</param>
    public void Run(long until, IReadOnlyCollection<long> blocks)
    {
        MinutesUntil = Run(_database.Tens, _database.Minutes, MinutesUntil, until, blocks);
        HoursUntil = Run(_database.Minutes, _database.Hours, HoursUntil, MinutesUntil, blocks);
    }

    /// <summary>A slot was written, which belongs to sums that are complete already if the clock was set back: they are made again, if what they are made of is still there.</summary>
    /// <param name="second">Of the slot.</param>
    /// <param name="firstTen">Second of the oldest slot before it was written.</param>
    public void Reopen(long second, long? firstTen)
    {
        long minute = _database.Minutes.Floor(second), hour = _database.Hours.Floor(second);
        if (minute < firstTen) return;
        MinutesUntil = Math.Min(MinutesUntil, minute);
        if (hour >= _database.Minutes.First) HoursUntil = Math.Min(HoursUntil, hour);
    }

    private long Run(SlotTable from, SlotTable to, long done, long until, IReadOnlyCollection<long> blocks)
    {
        long end = to.Floor(until);
        for (long? next = from.FirstFrom(done); next < end; next = from.FirstFrom(done))
        {
            // Nothing happened in between.
            long start = to.Floor(next.Value);
            foreach (long block in blocks)
            {
                from.Read(start, start + to.Step, block, block, (_, _, bytes) => _sum.Add(bytes));
                if (!_sum.IsEmpty) to.Replace(start, block, _sum);
            }
            done = start + to.Step;
        }
        return Math.Max(done, end);
    }
}
