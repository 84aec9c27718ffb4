namespace Tulle.Cli;

/// <summary>What a command may know of the process it runs in. The one place where commands meet the outside, so that tests can give another.</summary>
internal sealed record CliEnvironment
{
    /// <summary>Standard output: results only, JSON when asked for.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard error: everything said to a person.</summary>
    public required TextWriter Error { get; init; }

    public required TextReader Input { get; init; }

    public required bool OutputIsTerminal { get; init; }

    public required bool ErrorIsTerminal { get; init; }

    /// <summary>Columns of the terminal now; a fixed number when there is none.</summary>
    public required Func<int> Width { get; init; }

    /// <summary>Lines of the terminal now; a fixed number when there is none.</summary>
    public Func<int> Height { get; init; } = () => 24;

    /// <summary>Takes the next key that was pressed, without waiting and without showing it; null when there is none, or no keyboard.</summary>
    public Func<char?> Key { get; init; } = () => null;

    /// <summary>An environment variable, or null.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>All environment variables, for processes that are started.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public required string HomeFolder { get; init; }

    public required string WorkingFolder { get; init; }

    /// <summary>Path of the running executable: its neighbours are tulle-proxy and shop.</summary>
    public required string ExecutablePath { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Whether colours may be used on standard output (https://no-color.org).</summary>
    public bool ColourOutput => OutputIsTerminal && Colours;

    /// <summary>Whether colours may be used on standard error.</summary>
    public bool ColourError => ErrorIsTerminal && Colours;

    private bool Colours => string.IsNullOrEmpty(Variable("NO_COLOR")) && Variable("TERM") != "dumb";

    /// <summary>The folder that holds the local mesh's state: <c>TULLE_HOME</c>, by default <c>~/.tulle</c>.</summary>
    public string StateFolder =>
        Path.GetFullPath(Variable("TULLE_HOME") is { Length: > 0 } home ? home : Path.Combine(HomeFolder, ".tulle"), WorkingFolder);
}
