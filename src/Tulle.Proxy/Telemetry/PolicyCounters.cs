namespace Tulle.Proxy.Telemetry;

/// <summary>What policies did beside the errors that clients were told.</summary>
internal enum PolicyEvent : byte
{
    /// <summary>A retry that a policy asked for.</summary>
    Retry,

    /// <summary>A request whose retry was answered without an error.</summary>
    RetrySuccess,

    /// <summary>All tries that a policy allows were made, and the last one failed too.</summary>
    RetryLimit,

    /// <summary>A retry that the retry budget did not allow.</summary>
    RetryBudgetExhausted,

    /// <summary>A retry that maxRetries did not allow.</summary>
    RetryOverflow,

    /// <summary>A request sent again because it provably was not processed.</summary>
    Resend,
}

/// <summary>Counts of one event loop. Only that loop writes; any thread reads.</summary>
internal sealed class PolicyCounters
{
    private static readonly string[] Names = ["retry", "retry_success", "retry_limit_exceeded", "retry_budget_exhausted", "retry_overflow", "resend"];

    private readonly long[] _counts = new long[Names.Length];

    /// <summary>How many events there are.</summary>
    public static int Length => Names.Length;

    /// <summary>An event's name as a metric's label.</summary>
    public static string NameOf(PolicyEvent what) => Names[(int)what];

    public void Count(PolicyEvent what) => _counts[(int)what]++;

    public long this[PolicyEvent what] => Volatile.Read(ref _counts[(int)what]);
}
