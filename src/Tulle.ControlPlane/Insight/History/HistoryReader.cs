namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// Sums what series have in the database: of all that are wanted at once, block by block in the order in which they lie, and of a few without the blocks of others.
/// Its owner holds the database while it runs.
/// </summary>
internal sealed class HistoryReader(HistoryDatabase database)
{
    /// <summary>Pieces of following blocks that are looked up in every slot; more of them are read with all that lies between.</summary>
    private const int MaxRuns = 8;

    /// <param name="sums">What is wanted.</param>
    /// <param name="pieces">Where from.</param>
    public void AddTo(HistorySums sums, IReadOnlyList<HistoryPiece> pieces)
    {
        List<(long First, long Last)> runs = sums.WantsMost ? [(0, SlotTable.LastBlock)] : Runs(sums.Blocks);
        foreach (HistoryPiece piece in pieces)
        {
            SlotTable table = piece.Step switch { HistoryStore.HourStep => database.Hours, HistoryStore.CoarseStep => database.Minutes, _ => database.Tens };
            long from = Math.Max(piece.From, table.First ?? long.MaxValue), until = Math.Min(piece.Until, (table.Last ?? 0) + 1);
            foreach ((long first, long last) in runs)
            {
                if (from < until) table.Read(from, until, first, last, sums.Add);
            }
        }
    }

    private static List<(long First, long Last)> Runs(IEnumerable<long> blocks)
    {
        var runs = new List<(long First, long Last)>();
        foreach (long block in blocks.Order())
        {
            if (runs is [.., var last] && last.Last == block - 1) runs[^1] = (last.First, block);
            else runs.Add((block, block));
        }
        return runs.Count <= MaxRuns ? runs : [(0, SlotTable.LastBlock)];
    }
}
