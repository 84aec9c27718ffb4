using Tulle.Testing;

namespace Tulle.Cli.Tests.Testing;

/// <summary>What a command line did.</summary>
internal sealed record CliResult(int ExitCode, string Output, string Error);

/// <summary>Runs command lines in this process, in a home folder of their own.</summary>
internal sealed class Cli : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public Dictionary<string, string> Variables { get; } = [];

    public string Folder => _folder.Path;

    public string StateFolder => _folder.PathOf(".tulle");

    public string Write(string name, string text) => _folder.Write(name, text);

    public async Task<CliResult> RunAsync(string commandLine, string input = "", CancellationToken stop = default)
    {
        using StringWriter output = new(), error = new();
        int code = await RunAsync(Words(commandLine), output, error, input, stop);
        return new CliResult(code, output.ToString(), error.ToString());
    }

    public Task<int> RunAsync(string[] words, TextWriter output, TextWriter error, string input = "", CancellationToken stop = default) =>
        CommandLine.RunAsync(words, Environment(output, error, input), stop);

    public CliEnvironment Environment(TextWriter output, TextWriter error, string input = "") => new()
    {
        Output = output,
        Error = error,
        Input = new StringReader(input),
        OutputIsTerminal = false,
        ErrorIsTerminal = false,
        Width = () => 120,
        Variable = name => Variables.GetValueOrDefault(name),
        HomeFolder = _folder.Path,
        WorkingFolder = _folder.Path,
        ExecutablePath = _folder.PathOf("bin", "tulle"),
        Clock = TimeProvider.System,
    };

    public void Dispose() => _folder.Dispose();

    /// <summary>Splits at spaces; single quotes keep them.</summary>
    private static string[] Words(string line) =>
        [.. line.Split('\'').SelectMany((part, i) => i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}
