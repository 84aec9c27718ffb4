using Tulle.Model.Findings;

namespace Tulle.Cli.Terminal;

/// <summary>Prints what a review found, one line each: severity, place, field, what is wrong, what to do.</summary>
internal static class FindingText
{
    /// <param name="environment">Where to print: standard error.</param>
    /// <param name="finding">What was found.</param>
    /// <param name="of">The object it is about, for findings without a place in a file; empty when the place says enough.</param>
    public static void Write(CliEnvironment environment, Finding finding, string of)
    {
        bool colour = environment.ColourError;
        string severity = finding.Severity switch
        {
            Severity.Error => Ansi.Red("error:", colour),
            Severity.Warning => Ansi.Yellow("warning:", colour),
            _ => Ansi.Yellow("not applied:", colour),
        };
        string owner = of.Length == 0 ? "" : $"{of}: ";
        Say.Line(environment, $"{severity} {owner}{finding}");
    }
}
