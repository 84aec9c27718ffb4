using System.CommandLine;
using System.CommandLine.Parsing;
using Tulle.Model.Validation;

namespace Tulle.Cli;

/// <summary>Says what is wrong with a command line, what was probably meant, and where its usage is explained.</summary>
internal static class UsageError
{
    public static string Describe(ParseResult line)
    {
        Command command = line.CommandResult.Command;
        string path = PathOf(line.CommandResult);
        string? unknown = line.UnmatchedTokens.Count > 0 ? line.UnmatchedTokens[0] : MistakenForAName(line);
        if (unknown is null)
        {
            return $"{Sentence(line.Errors[0].Message)}; run '{path} --help' for its usage";
        }

        bool option = unknown.StartsWith('-');
        IEnumerable<string> known = option
            ? Options(line.CommandResult).SelectMany(o => o.Aliases.Prepend(o.Name))
            : command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        string what = option ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        string? near = NearMiss.Find(unknown, known);
        string remedy = near is null ? $"run '{path} --help' for its usage" : $"did you mean '{near}'? (see '{path} --help')";
        return $"'{path}' has no {what} '{unknown}'; {remedy}";
    }

    /// <summary>
    /// An option that does not exist and was taken for one more of a list of names; null: none. No name begins with a dash, and what comes
    /// after "--" is somebody else's command line; so is what a shell has completed.
    /// </summary>
    public static string? MistakenForAName(ParseResult line) => line.CommandResult.Command.Hidden || line.Tokens.Any(token => token.Type == TokenType.DoubleDash) ? null
        : line.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Select(token => token.Value).FirstOrDefault(word => word.Length > 1 && word[0] == '-');

    private static string Sentence(string message)
    {
        // The choices come one a line.
        string trimmed = message.ReplaceLineEndings("\n").Replace(":\n\t", ": ", StringComparison.Ordinal).Replace("\n\t", ", ", StringComparison.Ordinal).Trim().TrimEnd('.');
        return trimmed.Length == 0 ? "the command line is wrong" : char.ToLowerInvariant(trimmed[0]) + trimmed[1..];
    }

    private static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : result.Command.Name;

    private static IEnumerable<Option> Options(CommandResult result)
    {
        IEnumerable<Option> own = result.Command.Options;
        return result.Parent is CommandResult parent ? own.Concat(Options(parent).Where(o => o.Recursive)) : own;
    }
}
