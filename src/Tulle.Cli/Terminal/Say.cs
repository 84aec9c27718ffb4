namespace Tulle.Cli.Terminal;

/// <summary>What commands say to a person, on standard error.</summary>
internal static class Say
{
    public static void Error(CliEnvironment environment, string sentence) =>
        environment.Error.WriteLine($"{Ansi.Red("tulle:", environment.ColourError)} {sentence}");

    public static void Warning(CliEnvironment environment, string sentence) =>
        environment.Error.WriteLine($"{Ansi.Yellow("Warning:", environment.ColourError)} {sentence}");

    public static void Line(CliEnvironment environment, string text = "") => environment.Error.WriteLine(text);
}
