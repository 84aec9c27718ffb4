using System.Text;

namespace Tulle.Cli.Output;

/// <summary>A column of a <see cref="TextTable"/>.</summary>
internal sealed record TextColumn(string Heading, bool RightAligned = false)
{
    /// <summary>Its cells may be cut short where the terminal is too narrow: long names, which tell enough by their beginning.</summary>
    public bool Shrinks { get; init; }

    /// <summary>Colours a cell that has been aligned already; null leaves it plain.</summary>
    public Func<string, string>? Paint { get; init; }
}

/// <summary>
/// A table of text whose columns are as wide as their widest cell, three spaces apart; closer, and with the longest names
/// cut short, where a terminal is too narrow. Widths only grow from one writing to the next, so that the rows of a watch
/// stay below their headings.
/// </summary>
/// <param name="columns">From left to right.</param>
/// <param name="maxWidth">Characters a line may have; null where lines may be as long as they like, as in files and pipes.</param>
internal sealed class TextTable(IReadOnlyList<TextColumn> columns, Func<int>? maxWidth = null)
{
    private const int Gap = 3;
    private const int NarrowGap = 1;

    /// <summary>A name that is cut short keeps this much.</summary>
    private const int MinShrunk = 8;

    private readonly int[] _widths = [.. columns.Select(c => c.Heading.Length)];

    public void Write(TextWriter to, IReadOnlyCollection<IReadOnlyList<string>> rows, bool heading = true)
    {
        foreach (IReadOnlyList<string> row in rows)
        {
            for (int i = 0; i < _widths.Length; i++)
            {
                _widths[i] = Math.Max(_widths[i], row[i].Length);
            }
        }
        (int[] widths, int gap) = Fit();
        if (heading)
        {
            WriteRow(to, [.. columns.Select(c => c.Heading)], widths, gap, paint: false);
        }
        foreach (IReadOnlyList<string> row in rows)
        {
            WriteRow(to, row, widths, gap, paint: true);
        }
    }

    private (int[] Widths, int Gap) Fit()
    {
        int[] widths = [.. _widths];
        int available = maxWidth?.Invoke() ?? int.MaxValue;
        if (widths.Sum() + Gap * (widths.Length - 1) <= available)
        {
            return (widths, Gap);
        }
        int excess = widths.Sum() + NarrowGap * (widths.Length - 1) - available;
        while (excess > 0)
        {
            int widest = -1;
            for (int i = 0; i < widths.Length; i++)
            {
                if (columns[i].Shrinks && widths[i] > MinShrunk && (widest < 0 || widths[i] > widths[widest]))
                {
                    widest = i;
                }
            }
            if (widest < 0)
            {
                break;
            }
            widths[widest]--;
            excess--;
        }
        return (widths, NarrowGap);
    }

    private void WriteRow(TextWriter to, IReadOnlyList<string> cells, int[] widths, int gap, bool paint)
    {
        StringBuilder line = new();
        int blanks = 0;
        for (int i = 0; i < cells.Count; i++)
        {
            string cell = cells[i].Length > widths[i] ? $"{cells[i].AsSpan(0, widths[i] - 1)}…" : cells[i];
            blanks += i > 0 ? gap : 0;
            int padding = widths[i] - cell.Length;
            blanks += columns[i].RightAligned ? padding : 0;
            // Blanks are only written before something, so that no line ends with them.
            if (cell.Length > 0)
            {
                line.Append(' ', blanks).Append(paint && columns[i].Paint is { } colour ? colour(cell) : cell);
                blanks = 0;
            }
            blanks += columns[i].RightAligned ? 0 : padding;
        }
        to.WriteLine(line.ToString());
    }
}
