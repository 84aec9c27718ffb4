using System.CommandLine;

namespace Tulle.Cli.Resources;

/// <summary>The option <c>-f</c>.</summary>
internal static class FileOption
{
    public static Option<string[]> Create(string description) => new("--filename", "-f")
    {
        HelpName = "FILE|DIR|-",
        Description = $"{description}; a folder stands for the .yaml, .yml and .json files in it, - for standard input. May be given several times",
        Arity = ArgumentArity.ZeroOrMore,
    };
}
