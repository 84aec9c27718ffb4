namespace Tulle.Cli.Commands.Top;

/// <summary>How the rows are sorted, and the key that says so.</summary>
internal sealed record TopOrder(char Key, string Name, Func<IEnumerable<TopRow>, IOrderedEnumerable<TopRow>> Sort)
{
    public static IReadOnlyList<TopOrder> All { get; } =
    [
        new('c', "count", rows => rows.OrderByDescending(row => row.Count)),
        new('b', "best", rows => rows.OrderByDescending(row => row.BestMs)),
        new('w', "worst", rows => rows.OrderByDescending(row => row.WorstMs)),
        new('l', "last", rows => rows.OrderByDescending(row => row.LastMs)),
        // What fails comes first: that is what one looks for.
        new('s', "success", rows => rows.OrderBy(row => row.Success)),
        new('p', "path", rows => rows.OrderBy(row => row.Path, StringComparer.Ordinal)),
    ];
}
