using Tulle.Cli.Output;
using Tulle.Cli.Terminal;

namespace Tulle.Cli.Commands.Config;

/// <summary>Prints what configures the mesh: a table of the objects, then the findings of each.</summary>
internal sealed class ConfigText(CliEnvironment environment)
{
    private const int Indent = 4;

    public void Write(IReadOnlyList<ConfiguredItem> items, bool withNamespace)
    {
        bool colour = environment.ColourOutput;
        List<TextColumn> columns =
        [
            new("KIND") { Shrinks = true },
            new("NAME") { Shrinks = true },
            new("STATUS") { Paint = cell => Paint(cell, colour) },
            new("FINDINGS", RightAligned: true),
            new("AGE", RightAligned: true) { Spare = 1 },
        ];
        if (withNamespace) columns.Insert(0, new TextColumn("NAMESPACE") { Shrinks = true });
        var table = new TextTable(columns, environment.OutputIsTerminal ? environment.Width : null);
        DateTimeOffset now = environment.Clock.GetUtcNow();
        table.Write(environment.Output, [.. items.Select(item => Row(item, withNamespace, now))]);
        foreach (ConfiguredItem item in items.Where(item => item.Findings.Count > 0)) WriteFindings(item, colour);
    }

    private static IReadOnlyList<TextCell> Row(ConfiguredItem item, bool withNamespace, DateTimeOffset now)
    {
        TextCell[] cells = [item.Kind, item.Name, item.Status, $"{item.Findings.Count}", item.Created is { } created ? Duration.Age(now - created) : "-"];
        return withNamespace ? [item.Namespace.Length > 0 ? item.Namespace : "-", .. cells] : cells;
    }

    private void WriteFindings(ConfiguredItem item, bool colour)
    {
        environment.Output.WriteLine();
        environment.Output.WriteLine(Ansi.Bold(item.Id, colour));
        int width = environment.OutputIsTerminal ? Math.Max(30, environment.Width() - Indent) : int.MaxValue;
        foreach (ConfiguredFinding finding in item.Findings)
        {
            string before = $"  {Glyph(finding.Severity, colour)} ";
            foreach (string line in Paragraph.Wrap(finding.Field.Length == 0 ? finding.Message : $"{finding.Field}: {finding.Message}", width))
            {
                environment.Output.WriteLine($"{before}{line}");
                before = new string(' ', Indent);
            }
        }
    }

    private static string Paint(TextCell cell, bool colour) => cell.Text switch
    {
        "ok" => Ansi.Green(cell.Text, colour),
        "error" => Ansi.Red(cell.Text, colour),
        _ => Ansi.Yellow(cell.Text, colour),
    };

    private static string Glyph(string severity, bool colour) => severity switch
    {
        "error" => Ansi.Red("×", colour),
        "warning" => Ansi.Yellow("‼", colour),
        _ => Ansi.Dim("-", colour),
    };
}
