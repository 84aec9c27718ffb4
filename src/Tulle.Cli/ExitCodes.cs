namespace Tulle.Cli;

/// <summary>The exit codes of every command: one table, printed by <c>--help</c> and in the reference.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;
    public const int NoMesh = 3;
    public const int Refused = 4;
    public const int AlreadyRunning = 5;

    /// <summary>128 + SIGINT, as shells report it.</summary>
    public const int Interrupted = 130;

    public static readonly IReadOnlyList<(int Code, string Meaning)> All =
    [
        (Success, "it worked"),
        (Failure, "it was tried and failed; the message says why"),
        (Usage, "the command line is wrong"),
        (NoMesh, "no mesh is running, or its API does not answer"),
        (Refused, "a file or an object is invalid; nothing of it was applied"),
        (AlreadyRunning, "a mesh is already running"),
        (Interrupted, "interrupted by a signal"),
    ];
}
