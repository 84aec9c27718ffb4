namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// Keeps the file within so many bytes: the oldest detail goes first, minutes until as many are left as there are slots of ten seconds, then both; hours, which take a
/// hundredth, when nothing else is left. What becomes free is written to again, and much of it is given back to the disk. Its owner holds the database while it runs.
/// </summary>
/// <param name="limit">Bytes.</param>
internal sealed class HistorySpace(HistoryDatabase database, HistoryRollUp rollUp, long limit)
{
    /// <summary>Times that something is forgotten in one go: the database is held for some 20 ms each.</summary>
    private const int Rounds = 4;

    /// <summary>Seconds of slots of ten seconds that go together.</summary>
    private const int TensTogether = 600;

    /// <summary>Share of the file that may be free, as its divisor.</summary>
    private const int Slack = 16;

    private const long SlackBytes = 1024 * 1024;

    /// <summary>Bytes given back in one go.</summary>
    private const long ShrinkBytes = 4 * 1024 * 1024;

    private long _bytes = database.Bytes;
    private long _forgotten;

    public long Limit => limit;

    /// <summary>Bytes of the file. May be read by any thread.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Blocks of up to 64 slots that were forgotten before their time. May be read by any thread.</summary>
    public long Forgotten => Interlocked.Read(ref _forgotten);

    public void Run()
    {
        for (int round = 0; round < Rounds && database.Bytes - database.FreeBytes > limit && TryForget(); round++) { }
        if (database.FreeBytes > Math.Max(database.Bytes / Slack, SlackBytes)) database.Shrink(ShrinkBytes);
        Interlocked.Exchange(ref _bytes, database.Bytes);
    }

    private bool TryForget()
    {
        if (Oldest() is not { } oldest) return false;
        int blocks = 0;
        database.Commit(() =>
        {
            blocks = oldest.Table.Forget(oldest.Until);
            database.NoteForgotten(oldest.Table.Step, oldest.Until);
        });
        Interlocked.Add(ref _forgotten, blocks);
        return true;
    }

    /// <summary>What goes next; null when there is nothing. Whole slots of the next length, and only when these are complete.</summary>
    private (SlotTable Table, long Until)? Oldest()
    {
        (SlotTable tens, SlotTable minutes, SlotTable hours) = (database.Tens, database.Minutes, database.Hours);
        long firstTen = tens.First ?? long.MaxValue, firstMinute = minutes.First ?? long.MaxValue;
        if (firstMinute != long.MaxValue)
        {
            long until = hours.Floor(firstMinute) + hours.Step;
            if (until <= firstTen && until <= rollUp.HoursUntil) return (minutes, until);
        }
        if (firstTen != long.MaxValue)
        {
            long until = Math.Min(minutes.Floor(firstTen) + TensTogether, rollUp.MinutesUntil);
            if (until > firstTen) return (tens, until);
        }
        // The newest hour is what the questions of the last week end with.
        return hours.First is { } first && first < hours.Last ? (hours, first + hours.Step) : null;
    }
}
