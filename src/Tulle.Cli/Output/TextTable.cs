using System.Text;
using Tulle.ControlPlane.Insight;

namespace Tulle.Cli.Output;

/// <summary>A column of a <see cref="TextTable"/>.</summary>
internal sealed record TextColumn(string Heading, bool RightAligned = false)
{
    /// <summary>Its cells may be cut short where the terminal is too narrow: long names, which tell enough by their beginning.</summary>
    public bool Shrinks { get; init; }

    /// <summary>What is left out first where there is no room for everything has the largest number; 0: never.</summary>
    public int Spare { get; init; }

    /// <summary>A shorter heading for a terminal that is too narrow for the other one; null: there is none.</summary>
    public string? Narrow { get; init; }

    /// <summary>Colours a cell that has been cut to fit already; null leaves it plain.</summary>
    public Func<TextCell, string>? Paint { get; init; }
}

/// <summary>A cell of a <see cref="TextTable"/>.</summary>
/// <param name="Text">What it shows.</param>
/// <param name="Health">What it says of the thing where the text alone does not tell: one failure of one request is no verdict. Null: nothing.</param>
internal readonly record struct TextCell(string Text, HealthState? Health = null)
{
    public static implicit operator TextCell(string text) => new(text);
}

/// <summary>
/// A table of text whose columns are as wide as their widest cell, three spaces apart; closer, under shorter headings, with the longest
/// names cut short and without the columns that can be spared, where a terminal is too narrow. Widths only grow from one writing to the next, so that the rows of a watch
/// stay below their headings.
/// </summary>
/// <param name="columns">From left to right.</param>
/// <param name="maxWidth">Characters a line may have; null where lines may be as long as they like, as in files and pipes.</param>
internal sealed class TextTable(IReadOnlyList<TextColumn> columns, Func<int>? maxWidth = null)
{
    private const int Gap = 3;
    private const int NarrowGap = 1;

    /// <summary>A name that is cut short keeps this much; less only when no column can be spared any more.</summary>
    private const int Legible = 12, MinShrunk = 8;

    /// <summary>Of what is cut, the end stays, where names of one family differ: <c>user-se…-v2</c>.</summary>
    private const int KeptEnd = 3;

    /// <summary>Width of a column that is left out.</summary>
    private const int LeftOutWidth = -1;

    private readonly int[] _cells = new int[columns.Count];

    /// <summary>Headings of the columns that the last writing had no room for.</summary>
    public IReadOnlyList<string> LeftOut { get; private set; } = [];

    public void Write(TextWriter to, IReadOnlyCollection<IReadOnlyList<TextCell>> rows, bool heading = true)
    {
        foreach (IReadOnlyList<TextCell> row in rows)
        {
            for (int i = 0; i < _cells.Length; i++)
            {
                _cells[i] = Math.Max(_cells[i], row[i].Text.Length);
            }
        }
        (int[] widths, int gap, bool narrow) = Fit();
        LeftOut = [.. columns.Where((_, i) => widths[i] == LeftOutWidth).Select(column => column.Heading)];
        if (heading)
        {
            WriteRow(to, Headings(narrow), widths, gap, paint: false);
        }
        foreach (IReadOnlyList<TextCell> row in rows)
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
        int[] left = Widths(narrow: true);
        int[] fitting = Shrink(left, available, Legible);
        while (Excess(fitting, available) > 0 && MostSpare(left) is { } column)
        {
            left[column] = LeftOutWidth;
            fitting = Shrink(left, available, Legible);
        }
        return (Shrink(left, available, Excess(fitting, available) > 0 ? MinShrunk : Legible), NarrowGap, true);
    }

    private TextCell[] Headings(bool narrow) => [.. columns.Select(column => new TextCell(narrow ? column.Narrow ?? column.Heading : column.Heading))];

    private int[] Widths(bool narrow) => [.. Headings(narrow).Select((heading, i) => Math.Max(heading.Text.Length, _cells[i]))];

    /// <summary>Characters by which columns that stand close are too wide. A column that is left out takes its gap along.</summary>
    private static int Excess(int[] widths, int available) => widths.Sum() + NarrowGap * (widths.Length - 1) - available;

    private int? MostSpare(int[] widths)
    {
        int[] spare = [.. Enumerable.Range(0, widths.Length).Where(i => widths[i] != LeftOutWidth && columns[i].Spare > 0)];
        return spare.Length == 0 ? null : spare.MaxBy(i => columns[i].Spare);
    }

    private int[] Shrink(int[] natural, int available, int least)
    {
        int[] widths = [.. natural];
        for (int excess = Excess(widths, available); excess > 0; excess--)
        {
            int widest = -1;
            for (int i = 0; i < widths.Length; i++)
            {
                if (columns[i].Shrinks && widths[i] > least && (widest < 0 || widths[i] > widths[widest])) widest = i;
            }
            if (widest < 0) break;
            widths[widest]--;
        }
        return widths;
    }

    private static string Cut(string cell, int width) => cell.Length <= width ? cell
        : width > 2 * KeptEnd ? $"{cell.AsSpan(0, width - KeptEnd - 1)}…{cell.AsSpan(cell.Length - KeptEnd)}"
        : $"{cell.AsSpan(0, width - 1)}…";

    private void WriteRow(TextWriter to, IReadOnlyList<TextCell> cells, int[] widths, int gap, bool paint)
    {
        StringBuilder line = new();
        int blanks = 0;
        for (int i = 0; i < cells.Count; i++)
        {
            if (widths[i] == LeftOutWidth) continue;
            string cell = Cut(cells[i].Text, widths[i]);
            blanks += i > 0 ? gap : 0;
            int padding = widths[i] - cell.Length;
            blanks += columns[i].RightAligned ? padding : 0;
            // Blanks are only written before something, so that no line ends with them.
            if (cell.Length > 0)
            {
                line.Append(' ', blanks).Append(paint && columns[i].Paint is { } colour ? colour(cells[i] with { Text = cell }) : cell);
                blanks = 0;
            }
            blanks += columns[i].RightAligned ? 0 : padding;
        }
        to.WriteLine(line.ToString());
    }
}
