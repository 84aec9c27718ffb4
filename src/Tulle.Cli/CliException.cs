namespace Tulle.Cli;

/// <summary>Ends a command with a message for the person who typed it: one sentence that names what, cause and remedy.</summary>
internal sealed class CliException(string message, int exitCode = ExitCodes.Failure) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
