using System.Text;

namespace Tulle.Cli.Output;

/// <summary>A column of a <see cref="TextTable"/>.</summary>
internal sealed record TextColumn(string Heading, bool RightAligned = false)
{
    /// <summary>Its cells may be cut short where the terminal is too narrow: long names, which tell enough by their beginning.</summary>
    public bool Shrinks { get; init; }

    /// <summary>A shorter heading for a terminal that is too narrow for the other one; null: there is none.</summary>
    public string? Narrow { get; init; }

    /// <summary>Colours a cell that has been aligned already; null leaves it plain.</summary>
    public Func<string, string>? Paint { get; init; }
}

/// <summary>
/// A table of text whose columns are as wide as their widest cell, three spaces apart; closer, under shorter headings and with the
/// longest names cut short, where a terminal is too narrow. Widths only grow from one writing to the next, so that the rows of a watch
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

    private readonly int[] _cells = new int[columns.Count];

    public void Write(TextWriter to, IReadOnlyCollection<IReadOnlyList<string>> rows, bool heading = true)
    {
        foreach (IReadOnlyList<string> row in rows)
        {
            for (int i = 0; i < _cells.Length; i++)
            {
                _cells[i] = Math.Max(_cells[i], row[i].Length);
            }
        }
        (int[] widths, int gap, bool narrow) = Fit();
        if (heading)
        {
            WriteRow(to, Headings(narrow), widths, gap, paint: false);
        }
        foreach (IReadOnlyList<string> row in rows)
        {
            WriteRow(to, row, widths, gap, paint: true);
        }
    }

    private (int[] Widths, int Gap, bool Narrow) Fit()
    {
        int available = maxWidth?.Invoke() ?? int.MaxValue;
        foreach (bool narrow in (ReadOnlySpan<bool>)[false, true])
        {
            int[] widths = Widths(narrow);
            foreach (int gap in (ReadOnlySpan<int>)[Gap, NarrowGap])
            {
                if (widths.Sum() + gap * (widths.Length - 1) <= available) return (widths, gap, narrow);
            }
        }
        return (Shrink(Widths(narrow: true), available), NarrowGap, true);
    }

    private string[] Headings(bool narrow) => [.. columns.Select(column => narrow ? column.Narrow ?? column.Heading : column.Heading)];

    private int[] Widths(bool narrow) => [.. Headings(narrow).Select((heading, i) => Math.Max(heading.Length, _cells[i]))];

    private int[] Shrink(int[] widths, int available)
    {
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
        return widths;
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
