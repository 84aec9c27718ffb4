using System.CommandLine;

namespace Tulle.Cli.Commands.Completion;

/// <summary>Prints a script that completes commands, options and the names of objects in a shell.</summary>
internal sealed class CompletionCommand : Verb
{
    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish" };

    public CompletionCommand(CliEnvironment environment)
        : base("completion", "Print a script for shell completion: bash, zsh or fish", environment)
    {
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Arguments.Add(_shell);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("source <(tulle completion bash)", "in this shell; put it into ~/.bashrc to keep it"),
        new("tulle completion zsh > \"${fpath[1]}/_tulle\"", "for zsh"),
        new("tulle completion fish > ~/.config/fish/completions/tulle.fish", "for fish"),
    ];

    protected override Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        Environment.Output.Write(CompletionScripts.Of(line.GetRequiredValue(_shell)));
        return Task.FromResult(ExitCodes.Success);
    }
}
