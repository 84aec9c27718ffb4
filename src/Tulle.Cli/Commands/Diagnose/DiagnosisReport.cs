using Tulle.Cli.Output;
using Tulle.Cli.Terminal;

namespace Tulle.Cli.Commands.Diagnose;

/// <summary>Prints a diagnosis for people: the verdict, what is wrong with its remedy, and what was looked at.</summary>
internal static class DiagnosisReport
{
    /// <summary>Before the text of a finding: <c>    where:  </c>.</summary>
    private const int Label = 12;

    public static void Write(TextWriter to, Diagnosis diagnosis, bool colour, int width)
    {
        to.WriteLine($"{Ansi.Bold($"{diagnosis.Kind} {diagnosis.Namespace}/{diagnosis.Name}", colour)} is {Verdict(diagnosis, colour)}");
        Lines(to, "", diagnosis.Summary, 0, width);
        foreach (Finding finding in diagnosis.Findings)
        {
            to.WriteLine();
            to.WriteLine($"{Glyph(finding.Level, colour)} {Ansi.Bold(finding.Cause, colour)}");
            Lines(to, "    where:", finding.Where, Label, width);
            Lines(to, "    what:", finding.What, Label, width);
            for (int i = 0; i < finding.Evidence.Count; i++) Lines(to, i == 0 ? "    seen:" : "", finding.Evidence[i], Label, width);
            Lines(to, "    do:", finding.Remedy, Label, width);
        }
        foreach (IGrouping<string, Examined> service in diagnosis.Examined.GroupBy(examined => examined.Service))
        {
            to.WriteLine();
            to.WriteLine(service.Key.Length == 0 || diagnosis.Services is [var only] && only == diagnosis.Name ? "Looked at:" : $"Looked at, of service {service.Key}:");
            int area = service.Max(examined => examined.Area.Length) + 6;
            foreach (Examined examined in service)
            {
                // The glyph is one character wide, and its colours none.
                to.Write($"  {Glyph(examined.Result, colour)} {examined.Area}");
                Lines(to, new string(' ', area - examined.Area.Length - 4), examined.Text, area, width, alreadyAt: examined.Area.Length + 4);
            }
        }
    }

    private static string Verdict(Diagnosis diagnosis, bool colour) => diagnosis.Verdict switch
    {
        "healthy" => Ansi.Green("healthy", colour),
        "degraded" => Ansi.Yellow("degraded", colour),
        var verdict => Ansi.Red(verdict, colour),
    };

    private static void Lines(TextWriter to, string label, string text, int column, int width, int alreadyAt = 0)
    {
        bool first = true;
        foreach (string line in Paragraph.Wrap(text, Math.Max(18, width - column)))
        {
            string indent = !first ? new string(' ', column) : alreadyAt > 0 ? label : label.PadRight(column);
            to.WriteLine($"{indent}{line}");
            first = false;
        }
    }

    private static string Glyph(string level, bool colour) => level switch
    {
        "ok" => Ansi.Green("√", colour),
        "info" => Ansi.Dim("i", colour),
        "warning" => Ansi.Yellow("‼", colour),
        _ => Ansi.Red("×", colour),
    };
}
