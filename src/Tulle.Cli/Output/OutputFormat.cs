using System.CommandLine;

namespace Tulle.Cli.Output;

/// <summary>Values of <c>-o</c>.</summary>
internal static class OutputFormat
{
    public const string Table = "table";
    public const string Wide = "wide";
    public const string Json = "json";
    public const string Yaml = "yaml";
    public const string Name = "name";

    /// <summary>The option <c>-o</c> with the formats a command has; the first one is the default.</summary>
    public static Option<string> Option(params string[] formats)
    {
        Option<string> option = new("--output", "-o")
        {
            HelpName = string.Join('|', formats),
            Description = $"Format of the output; {formats[0]} unless given",
            DefaultValueFactory = _ => formats[0],
        };
        option.AcceptOnlyFromAmong(formats);
        return option;
    }
}
