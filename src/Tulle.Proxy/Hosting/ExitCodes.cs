namespace Tulle.Proxy.Hosting;

/// <summary>What the process ends with; <c>--help</c> says the same.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>Could not start.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A second signal: 128 + SIGINT, as shells count.</summary>
    public const int Interrupted = 130;
}
