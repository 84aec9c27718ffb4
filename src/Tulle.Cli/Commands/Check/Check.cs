namespace Tulle.Cli.Commands.Check;

/// <summary>How a check came out, in the words of <c>-o json</c>.</summary>
internal enum CheckResult
{
    Success,

    /// <summary>Works, but someone should look at it; does not fail the command.</summary>
    Warning,

    Error,
}

/// <summary>The outcome of one check.</summary>
/// <param name="Result">How it came out.</param>
/// <param name="Error">What is wrong; empty for a success.</param>
/// <param name="Remedy">What to do about it; empty for a success.</param>
internal sealed record CheckOutcome(CheckResult Result, string Error = "", string Remedy = "")
{
    public static readonly CheckOutcome Good = new(CheckResult.Success);

    public static CheckOutcome Warn(string error, string remedy) => new(CheckResult.Warning, error, remedy);

    public static CheckOutcome Bad(string error, string remedy) => new(CheckResult.Error, error, remedy);
}

/// <summary>One thing that must hold for the mesh to work.</summary>
/// <param name="Description">What holds when it succeeds.</param>
/// <param name="RunAsync">Finds out. An exception of the API client is an error of the check.</param>
/// <param name="Fatal">Whether nothing after it can succeed when it fails.</param>
internal sealed record Check(string Description, Func<CancellationToken, Task<CheckOutcome>> RunAsync, bool Fatal = false);

/// <summary>Checks that belong together.</summary>
internal sealed record CheckCategory(string Name, IReadOnlyList<Check> Checks);

/// <summary>A check that was run.</summary>
internal sealed record CheckedItem(Check Check, CheckOutcome Outcome);

/// <summary>A category that was run, up to a fatal failure.</summary>
internal sealed record CheckedCategory(string Name, IReadOnlyList<CheckedItem> Items);
