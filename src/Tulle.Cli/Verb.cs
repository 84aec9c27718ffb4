using System.CommandLine;

namespace Tulle.Cli;

/// <summary>A command line that is worth copying, for <c>--help</c> and the reference.</summary>
internal sealed record Example(string CommandLine, string Purpose);

/// <summary>
/// One command of <c>tulle</c>. A subclass declares its arguments and options in its constructor and does its work in
/// <see cref="RunAsync"/>; it ends with an exit code of <see cref="ExitCodes"/> or a <see cref="CliException"/>.
/// </summary>
internal abstract class Verb : Command
{
    protected Verb(string name, string description, CliEnvironment environment) : base(name, description)
    {
        Environment = environment;
        SetAction(RunAsync);
    }

    /// <summary>Shown in this order by <c>--help</c>; at least one.</summary>
    public abstract IReadOnlyList<Example> Examples { get; }

    protected CliEnvironment Environment { get; }

    /// <summary>Does the work. <paramref name="stop"/> is cancelled by the first SIGINT, SIGTERM or SIGHUP.</summary>
    protected abstract Task<int> RunAsync(ParseResult line, CancellationToken stop);
}
