using Tulle.Protocol;

namespace Tulle.Proxy.Resilience;

/// <summary>How many retries there may be for the requests there are. Immutable; any thread.</summary>
internal sealed record RetryBudgetModel(uint RatioPpm, uint MinPerSecond, long WindowMicros)
{
    /// <summary>20 % and 10 a second over 10 s, Linkerd's default.</summary>
    public static RetryBudgetModel Default { get; } = new(200_000, 10, 10_000_000);

    // Linkerd takes 1 s to 60 s.
    private const long MinWindowMs = 1_000;
    private const long MaxWindowMs = 60_000;

    public static RetryBudgetModel Compile(RetryBudget? budget) => budget is null
        ? Default
        : new RetryBudgetModel(
            Math.Min(budget.RatioPpm, 1_000_000_000),
            Math.Min(budget.MinPerSecond, 1_000_000),
            Math.Clamp(budget.TtlMs == 0 ? Default.WindowMicros / 1_000 : budget.TtlMs, MinWindowMs, MaxWindowMs) * 1_000);

    /// <summary>Retries that these requests within one window pay for.</summary>
    public long Allowance(long requests) => requests * RatioPpm / 1_000_000 + MinPerSecond * (WindowMicros / 1_000_000);
}
