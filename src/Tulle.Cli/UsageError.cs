using System.CommandLine;
using System.CommandLine.Parsing;

namespace Tulle.Cli;

/// <summary>Says what is wrong with a command line, what was probably meant, and where its usage is explained.</summary>
internal static class UsageError
{
    public static string Describe(ParseResult line)
    {
        Command command = line.CommandResult.Command;
        string path = PathOf(line.CommandResult);
        string? unknown = line.UnmatchedTokens.Count > 0 ? line.UnmatchedTokens[0] : null;
        if (unknown is null)
        {
            return $"{Sentence(line.Errors[0].Message)}; run '{path} --help' for its usage";
        }

        bool option = unknown.StartsWith('-');
        IEnumerable<string> known = option
            ? Options(line.CommandResult).SelectMany(o => o.Aliases.Prepend(o.Name))
            : command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        string what = option ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        string? near = Nearest(unknown, known);
        string remedy = near is null ? $"run '{path} --help' for its usage" : $"did you mean '{near}'? (see '{path} --help')";
        return $"'{path}' has no {what} '{unknown}'; {remedy}";
    }

    private static string Sentence(string message)
    {
        string trimmed = message.TrimEnd('.');
        return trimmed.Length == 0 ? "the command line is wrong" : char.ToLowerInvariant(trimmed[0]) + trimmed[1..];
    }

    private static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : result.Command.Name;

    private static IEnumerable<Option> Options(CommandResult result)
    {
        IEnumerable<Option> own = result.Command.Options;
        return result.Parent is CommandResult parent ? own.Concat(Options(parent).Where(o => o.Recursive)) : own;
    }

    private static string? Nearest(string word, IEnumerable<string> candidates) =>
        candidates.Select(c => (Name: c, Distance: Distance(word, c)))
            .Where(c => c.Distance <= Math.Max(1, word.Length / 3))
            .OrderBy(c => c.Distance).Select(c => c.Name).FirstOrDefault();

    /// <summary>Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.</summary>
    private static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) { d[i, 0] = i; }
        for (int j = 0; j <= b.Length; j++) { d[0, j] = j; }
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(replace, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }
        return d[a.Length, b.Length];
    }
}
