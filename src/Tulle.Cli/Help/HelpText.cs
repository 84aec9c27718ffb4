using System.CommandLine;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;

namespace Tulle.Cli.Help;

/// <summary>Lays out the help of a command: purpose, usage, examples first, then every argument, option and exit code.</summary>
internal static class HelpText
{
    private const int Indent = 2;
    private const int Gap = 3;

    public static void Write(Command command, TextWriter to, bool colour, int width)
    {
        to.WriteLine(command.Description);
        to.WriteLine();
        Title("Usage", to, colour);
        to.WriteLine($"  {CommandUsage.Of(command)}");

        if (command is Verb verb)
        {
            to.WriteLine();
            Title("Examples", to, colour);
            Columns(verb.Examples.Select(e => (e.CommandLine, e.Purpose)), to, width);
        }
        if (command is TulleCommand root)
        {
            foreach (VerbGroup group in root.Groups)
            {
                Section(group.Title, group.Verbs.Select(v => (v.Name, v.Description ?? "")), to, colour, width);
            }
        }
        Section("Arguments", command.Arguments.Select(a => (CommandUsage.Of(a), a.Description ?? "")), to, colour, width);
        Section("Options", CommandUsage.VisibleOptions(command).Select(o => (CommandUsage.Of(o), o.Description ?? "")), to, colour, width);
        Section("Options of every command", CommandUsage.InheritedOptions(command).Select(o => (CommandUsage.Of(o), o.Description ?? "")), to, colour, width);
        Section("Exit codes", ExitCodes.All.Select(e => (e.Code.ToString(), e.Meaning)), to, colour, width);
        if (command is TulleCommand)
        {
            to.WriteLine();
            to.WriteLine("Run 'tulle COMMAND --help' for the examples and options of a command.");
        }
    }

    private static void Section(string title, IEnumerable<(string Left, string Right)> rows, TextWriter to, bool colour, int width)
    {
        List<(string Left, string Right)> all = [.. rows];
        if (all.Count == 0)
        {
            return;
        }
        to.WriteLine();
        Title(title, to, colour);
        Columns(all, to, width);
    }

    private static void Title(string title, TextWriter to, bool colour) => to.WriteLine(Ansi.Bold($"{title}:", colour));

    private static void Columns(IEnumerable<(string Left, string Right)> rows, TextWriter to, int width)
    {
        List<(string Left, string Right)> all = [.. rows];
        int left = all.Max(r => r.Left.Length);
        // A long example takes a line of its own rather than pushing all explanations to the margin.
        int column = Math.Min(left, width / 2) + Indent + Gap;
        foreach ((string name, string text) in all)
        {
            to.Write(new string(' ', Indent) + name);
            int at = Indent + name.Length;
            if (at + Gap > column)
            {
                to.WriteLine();
                at = 0;
            }
            bool first = true;
            foreach (string line in Paragraph.Wrap(text, Math.Max(20, width - column)))
            {
                to.Write(new string(' ', first ? column - at : column));
                to.WriteLine(line);
                first = false;
            }
        }
    }
}
