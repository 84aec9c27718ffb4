using System.Text;

namespace Tulle.Cli.Help;

/// <summary>Writes docs/reference/cli.md from the command tree; a test keeps the file in step.</summary>
internal static class Reference
{
    public static string Write(TulleCommand root)
    {
        StringBuilder page = new();
        page.Append("# tulle\n\n").Append(TulleCommand.Summary).Append("\n\n");
        page.Append("This page is generated from the command tree: `UPDATE_DOCS=1 ./test Cli` writes it anew.\n\n");
        foreach (VerbGroup group in root.Groups)
        {
            page.Append("**").Append(group.Title).Append(":** ");
            page.AppendJoin(", ", group.Verbs.Select(v => $"[{v.Name}](#tulle-{v.Name})")).Append("\n\n");
        }
        page.Append("## Which mesh\n\nA command speaks to the mesh named by `--kubeconfig`; without it to the one running on this machine ");
        page.Append("(`$TULLE_HOME`, default `~/.tulle`); without that to what `$KUBECONFIG` names, then `~/.kube/config`.\n\n");
        page.Append("## Output\n\nResults go to standard output, everything else to standard error. `-o json` is for programs. ");
        page.Append("Colours are used on terminals only, and never when `NO_COLOR` is set.\n\n");
        Table(page, "Options of every command", "option", CommandUsage.InheritedOptions(root).Select(o => (CommandUsage.Of(o), o.Description ?? "")));
        Table(page, "Exit codes", "code", ExitCodes.All.Select(e => (e.Code.ToString(), e.Meaning)));
        foreach (Verb verb in root.Groups.SelectMany(g => g.Verbs))
        {
            Append(page, verb);
        }
        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static void Append(StringBuilder page, Verb verb)
    {
        page.Append($"## tulle {verb.Name}\n\n{verb.Description}.\n\n```\n{CommandUsage.Of(verb)}\n```\n\n");
        Table(page, null, "example", verb.Examples.Select(e => (e.CommandLine, e.Purpose)));
        Table(page, null, "argument", verb.Arguments.Select(a => (CommandUsage.Of(a), a.Description ?? "")));
        Table(page, null, "option", CommandUsage.VisibleOptions(verb).Select(o => (CommandUsage.Of(o), o.Description ?? "")));
    }

    private static void Table(StringBuilder page, string? title, string heading, IEnumerable<(string Left, string Right)> rows)
    {
        (string Left, string Right)[] all = [.. rows];
        if (all.Length == 0)
        {
            return;
        }
        page.Append(title is null ? "" : $"## {title}\n\n");
        page.Append($"| {heading} | |\n|---|---|\n");
        foreach ((string left, string right) in all)
        {
            page.Append($"| `{left.Replace("|", "\\|", StringComparison.Ordinal)}` | {right.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }
        page.Append('\n');
    }
}
