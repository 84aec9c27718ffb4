using System.CommandLine;
using System.CommandLine.Invocation;

namespace Tulle.Cli.Help;

/// <summary>What <c>--help</c> does: the same text the reference is generated from.</summary>
internal sealed class HelpPrinter(CliEnvironment environment) : SynchronousCommandLineAction
{
    public override bool Terminating => true;

    public override int Invoke(ParseResult parseResult)
    {
        HelpText.Write(parseResult.CommandResult.Command, environment.Output, environment.ColourOutput, Math.Clamp(environment.Width(), 60, 120));
        return ExitCodes.Success;
    }
}
