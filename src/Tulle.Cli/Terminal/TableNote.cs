using Tulle.Cli.Output;

namespace Tulle.Cli.Terminal;

/// <summary>What is said below a table.</summary>
internal static class TableNote
{
    /// <summary>Columns that were asked for and are not there do not go unmentioned.</summary>
    public static void SayLeftOut(this TextTable table, CliEnvironment environment)
    {
        if (table.LeftOut.Count == 0) return;
        foreach (string line in Paragraph.Wrap($"No room for {string.Join(", ", table.LeftOut)}: widen the terminal, or use -o json.", environment.Width()))
            Say.Line(environment, line);
    }
}
