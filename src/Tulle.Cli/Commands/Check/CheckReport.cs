using System.Text.Json.Nodes;
using Tulle.Cli.Terminal;

namespace Tulle.Cli.Commands.Check;

/// <summary>Prints what checks found: a glyph and a sentence each, the error and its remedy below what failed.</summary>
internal static class CheckReport
{
    public static void Write(TextWriter to, IReadOnlyList<CheckedCategory> categories, bool colour, bool success)
    {
        foreach (CheckedCategory category in categories.Where(c => c.Items.Count > 0))
        {
            to.WriteLine(Ansi.Bold(category.Name, colour));
            to.WriteLine(new string('-', category.Name.Length));
            foreach (CheckedItem item in category.Items)
            {
                to.WriteLine($"{Glyph(item.Outcome.Result, colour)} {item.Check.Description}");
                foreach (string line in new[] { item.Outcome.Error, item.Outcome.Remedy }.Where(l => l.Length > 0).SelectMany(l => l.Split('\n')))
                {
                    to.WriteLine($"    {line}");
                }
            }
            to.WriteLine();
        }
        to.WriteLine($"Status check results are {Glyph(success ? CheckResult.Success : CheckResult.Error, colour)}");
    }

    /// <summary>The shape of <c>linkerd check -o json</c>, which monitoring scripts read already.</summary>
    public static JsonObject Json(IReadOnlyList<CheckedCategory> categories, bool success) => new()
    {
        ["success"] = success,
        ["categories"] = new JsonArray([.. categories.Select(category => new JsonObject
        {
            ["categoryName"] = category.Name,
            ["checks"] = new JsonArray([.. category.Items.Select(item => new JsonObject
            {
                ["description"] = item.Check.Description,
                ["result"] = item.Outcome.Result.ToString().ToLowerInvariant(),
                ["error"] = item.Outcome.Error,
                ["hint"] = item.Outcome.Remedy,
            })]),
        })]),
    };

    private static string Glyph(CheckResult result, bool colour) => result switch
    {
        CheckResult.Success => Ansi.Green("√", colour),
        CheckResult.Warning => Ansi.Yellow("‼", colour),
        _ => Ansi.Red("×", colour),
    };
}
