namespace Tulle.Local.Supervision;

/// <summary>A process to run: what, where, with which variables, and where its output goes.</summary>
internal sealed record ProcessConfig
{
    /// <summary>Name for messages: <c>frontend-0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Program and arguments; a program without a slash is looked up in PATH of <see cref="Environment"/>.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Absolute.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>File to which standard output and error are appended.</summary>
    public required string LogPath { get; init; }

    /// <summary>Time between SIGTERM and SIGKILL. 10 s: Compose's <c>stop_grace_period</c>.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);
}
