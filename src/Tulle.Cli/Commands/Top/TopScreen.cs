using System.Globalization;
using Tulle.Cli.Insight;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;

namespace Tulle.Cli.Commands.Top;

/// <summary>The live table and its keys: <c>q</c> ends, letters sort, <c>r</c> turns the order round, a blank holds the table. Not thread-safe.</summary>
internal sealed class TopScreen(CliEnvironment environment, string title, TopOrder order)
{
    // Of the alternate screen (DECSET 1049), so that what was on the terminal is there again afterwards; without a cursor (DECTCEM).
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";

    /// <summary>Lines that are no rows: the title, the keys, the headings, and one that stays empty so that nothing scrolls.</summary>
    private const int OtherLines = 4;

    private TopOrder _order = order;
    private bool _reversed;
    private bool _drawn;

    /// <summary>The table stays as it is; counting goes on.</summary>
    public bool Paused { get; private set; }

    /// <summary>What a key does; false when it ends the command.</summary>
    public bool Press(char key)
    {
        if (key is 'q' or 'Q' or '\x03') return false;
        if (key is ' ') Paused = !Paused;
        else if (key is 'r' or 'R') _reversed = !_reversed;
        else if (TopOrder.All.FirstOrDefault(o => o.Key == char.ToLowerInvariant(key)) is { } chosen)
        {
            _reversed = false;
            _order = chosen;
        }
        return true;
    }

    public void Draw(TopRows rows)
    {
        bool terminal = environment.OutputIsTerminal;
        IEnumerable<TopRow> sorted = _order.Sort(rows.All).ThenByDescending(row => row.Count).ThenBy(row => row.Path, StringComparer.Ordinal);
        if (_reversed) sorted = sorted.Reverse();
        if (terminal) sorted = sorted.Take(Math.Max(1, environment.Height() - OtherLines));

        StringWriter text = new() { NewLine = terminal ? "\e[K\n" : "\n" };
        if (terminal)
        {
            text.WriteLine(Ansi.Bold(Fit($"{title}: {rows.Responses} responses{(rows.Lost > 0 ? $" ({rows.Lost} events dropped)" : "")}, by {_order.Name}{(_reversed ? ", reversed" : "")}{(Paused ? ", held" : "")}"), environment.ColourOutput));
            text.WriteLine(Ansi.Dim(Fit($"q quit, blank hold, r reverse; {string.Join(' ', TopOrder.All.Select(o => $"[{o.Name[0]}]{o.Name[1..]}"))}"), environment.ColourOutput));
        }
        Table().Write(text, [.. sorted.Select(Cells)]);
        if (terminal)
        {
            // In place, each line erased to its end: a table that is redrawn must not flicker.
            environment.Output.Write($"{(_drawn ? "" : Enter)}\e[H{text}\e[J");
        }
        else
        {
            if (_drawn) environment.Output.WriteLine();
            environment.Output.Write(text);
        }
        _drawn = true;
    }

    /// <summary>Gives the terminal back.</summary>
    public void Close()
    {
        if (_drawn && environment.OutputIsTerminal) environment.Output.Write(Leave);
    }

    private string Fit(string line) => line.Length > environment.Width() ? line[..environment.Width()] : line;

    private TextTable Table() => new(
        [
            new("SOURCE") { Shrinks = true },
            new("DESTINATION") { Shrinks = true },
            new("METHOD"),
            new("PATH") { Shrinks = true },
            new("COUNT", RightAligned: true),
            new("BEST", RightAligned: true) { Spare = 2 },
            new("WORST", RightAligned: true),
            new("LAST", RightAligned: true) { Spare = 1 },
            MetricText.GoldenColumns(environment.ColourOutput)[0],
        ],
        environment.OutputIsTerminal ? environment.Width : null);

    private static TextCell[] Cells(TopRow row) =>
    [
        row.Source, row.Destination, row.Method, row.Path, row.Count.ToString(CultureInfo.InvariantCulture),
        Duration.Text(row.BestMs), Duration.Text(row.WorstMs), Duration.Text(row.LastMs), MetricText.Success(row.Success, row.Count),
    ];
}
