using System.CommandLine;

namespace Tulle.Cli.Commands.Completion;

/// <summary>Answers the completion scripts: the candidates for the last of the given words, one a line.</summary>
internal sealed class CompleteCommand : Verb
{
    private readonly GlobalOptions _global;
    private readonly Argument<string[]> _words = new("WORDS") { Arity = ArgumentArity.ZeroOrMore, CaptureRemainingTokens = true };

    public CompleteCommand(CliEnvironment environment, GlobalOptions global)
        : base("__complete", "Answers the completion scripts", environment)
    {
        _global = global;
        Hidden = true;
        TreatUnmatchedTokensAsErrors = false;
        Arguments.Add(_words);
    }

    public override IReadOnlyList<Example> Examples { get; } = [new("tulle __complete get po", "what may follow")];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        string[] words = line.GetValue(_words) is { Length: > 0 } given ? given : [""];
        string last = words[^1];
        TulleCommand root = (TulleCommand)line.RootCommandResult.Command;
        ParseResult before = root.Parse([.. words[..^1]]);
        Command command = before.CommandResult.Command;

        IEnumerable<string> candidates;
        if (last.StartsWith('-'))
        {
            candidates = OptionsOf(root, command).SelectMany(o => o.Aliases.Prepend(o.Name));
        }
        else if (words.Length > 1 && ValueOf(root, command, words[^2]) is { } option)
        {
            candidates = await new ObjectNames(Environment, _global, before).ValuesAsync(option, last, stop);
        }
        else if (command == root)
        {
            candidates = root.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        }
        else
        {
            string[] arguments = [.. before.CommandResult.Tokens.Select(t => t.Value)];
            candidates = await new ObjectNames(Environment, _global, before).CandidatesAsync(command, arguments, last, stop);
        }
        foreach (string candidate in candidates.Where(c => c.StartsWith(last, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal))
        {
            Environment.Output.WriteLine(candidate);
        }
        return ExitCodes.Success;
    }

    private static IEnumerable<Option> OptionsOf(Command root, Command command) =>
        command.Options.Concat(root.Options.Where(o => o.Recursive)).Where(o => !o.Hidden);

    /// <summary>The option whose value comes next, when the previous word is one that takes a value.</summary>
    private static Option? ValueOf(Command root, Command command, string word) =>
        OptionsOf(root, command).FirstOrDefault(o => (o.Name == word || o.Aliases.Contains(word)) && o.Arity.MaximumNumberOfValues > 0 && o.ValueType != typeof(bool));
}
