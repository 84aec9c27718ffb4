namespace Tulle.ControlPlane.Insight.History;

/// <summary>A part of a time, and the length of the slots that it is read from.</summary>
/// <param name="Step">Seconds of a slot.</param>
/// <param name="From">First second.</param>
/// <param name="Until">The second after the last.</param>
internal readonly record struct HistoryPiece(int Step, long From, long Until);

/// <summary>
/// What is read for a time: the longest slots that fit, since a week of 6,000 series has a million hours and 360 million slots of ten seconds. A slot belongs to the
/// time in which it begins, so every piece begins and ends where slots of its length do, and the ends of the time are read from shorter ones.
/// </summary>
/// <param name="tensFrom">Second from which slots of ten seconds are kept.</param>
/// <param name="minutesFrom">Second from which minutes are kept.</param>
/// <param name="hoursFrom">Second from which anything is kept.</param>
/// <param name="minutesUntil">Second before which minutes are complete.</param>
/// <param name="hoursUntil">Second before which hours are complete.</param>
internal sealed class HistoryPieces(long tensFrom, long minutesFrom, long hoursFrom, long minutesUntil, long hoursUntil)
{
    /// <summary>Seconds of the shortest slots that are kept of all that follows a second.</summary>
    public int StepFrom(long second) => second >= tensFrom ? HistoryStore.FineStep : second >= minutesFrom ? HistoryStore.CoarseStep : HistoryStore.HourStep;

    /// <summary>The pieces of a time, which begin later than it when what is kept does.</summary>
    /// <param name="from">First second.</param>
    /// <param name="until">The second after the last.</param>
    /// <param name="step">Slots must not be longer, and a multiple of them must be this long.</param>
    public IReadOnlyList<HistoryPiece> Of(long from, long until, int step)
    {
        long first = Math.Max(from, hoursFrom);
        first = Ceiling(first, StepFrom(first));
        var pieces = new List<HistoryPiece>();
        AddHours(pieces, first, until, step);
        return pieces;
    }

    private void AddHours(List<HistoryPiece> pieces, long from, long until, int step)
    {
        (long first, long end) = Whole(from, until, HistoryStore.HourStep, step, hoursUntil);
        AddMinutes(pieces, from, Math.Min(first, until), step);
        if (first >= end) return;
        pieces.Add(new HistoryPiece(HistoryStore.HourStep, first, end));
        AddMinutes(pieces, end, until, step);
    }

    private void AddMinutes(List<HistoryPiece> pieces, long from, long until, int step)
    {
        (long first, long end) = Whole(from, until, HistoryStore.CoarseStep, step, minutesUntil);
        AddTens(pieces, from, Math.Min(first, until));
        if (first >= end) return;
        pieces.Add(new HistoryPiece(HistoryStore.CoarseStep, first, end));
        AddTens(pieces, end, until);
    }

    private static void AddTens(List<HistoryPiece> pieces, long from, long until)
    {
        if (from < until) pieces.Add(new HistoryPiece(HistoryStore.FineStep, from, until));
    }

    /// <summary>The slots of a length that lie in a time and are complete; a time that has none ends where it begins, at its end.</summary>
    private static (long First, long End) Whole(long from, long until, int slot, int step, long complete)
    {
        if (step % slot != 0) return (until, until);
        long first = Ceiling(from, slot), end = Math.Min(until, complete);
        end -= end % slot;
        return first < end ? (first, end) : (until, until);
    }

    private static long Ceiling(long second, int step) => (second + step - 1) / step * step;
}
