using Tulle.Cli.Commands.Stat;
using Tulle.Cli.Insight;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;

namespace Tulle.Cli.Commands.Demo;

/// <summary>The demo's live table: in place on a terminal, plain lines every few seconds elsewhere.</summary>
internal sealed class DemoScreen(CliEnvironment environment)
{
    private readonly TextTable _table = StatTable.Create(environment, withNamespace: false);
    private int _lines;

    public void Show(IReadOnlyList<GoldenMetrics> metrics, string title)
    {
        var text = new StringWriter();
        text.WriteLine(Ansi.Bold(title, environment.ColourOutput));
        _table.Write(text, [.. metrics.Select(item => StatTable.Row(item, withNamespace: false))]);
        // Up to the first line of last time, and erase from there (ECMA-48 CUU, ED).
        if (environment.OutputIsTerminal && _lines > 0) environment.Output.Write($"\e[{_lines}A\e[J");
        else if (_lines > 0) environment.Output.WriteLine();
        environment.Output.Write(text);
        _lines = metrics.Count + 3;
    }
}
