namespace Tulle.Proxy.Configuration;

internal enum CommandLineAction
{
    Run,
    ShowHelp,
    ShowVersion,
    Refuse,
}

/// <param name="Config">Set when the action is to run.</param>
/// <param name="Errors">One sentence each; set when the action is to refuse.</param>
internal sealed record CommandLineResult(CommandLineAction Action, ProxyConfig? Config, IReadOnlyList<string> Errors);
