using Tulle.Protocol;
using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Resilience;

/// <summary>When an endpoint is taken out until a probe succeeds. Times in microseconds. Immutable; any thread.</summary>
internal sealed class FailureAccrualModel
{
    // Linkerd's defaults, for a message that leaves them out.
    private const long DefaultWindowMs = 10_000;
    private const int DefaultMinRequests = 5;
    private const long DefaultMinPenaltyMs = 1_000;
    private const long DefaultMaxPenaltyMs = 60_000;
    private const uint JitterSteps = 1_000_000;

    private FailureAccrualModel(FailureAccrual accrual)
    {
        ConsecutiveFailures = (int)Math.Min(accrual.ConsecutiveFailures, int.MaxValue);
        SuccessRateThreshold = Math.Clamp(accrual.SuccessRateThreshold, 0, 1);
        WindowMicros = Math.Max(10, accrual.WindowMs > 0 ? accrual.WindowMs : DefaultWindowMs) * 1_000;
        MinRequests = accrual.MinRequests > 0 ? (int)Math.Min(accrual.MinRequests, 1_000_000) : DefaultMinRequests;
        MinPenaltyMicros = (accrual.MinPenaltyMs > 0 ? accrual.MinPenaltyMs : DefaultMinPenaltyMs) * 1_000;
        MaxPenaltyMicros = Math.Max(MinPenaltyMicros, (accrual.MaxPenaltyMs > 0 ? accrual.MaxPenaltyMs : DefaultMaxPenaltyMs) * 1_000);
        JitterRatio = Math.Clamp(accrual.JitterRatio, 0, 100);
    }

    /// <summary>0: off.</summary>
    public int ConsecutiveFailures { get; }

    /// <summary>Share of successes below which an endpoint is taken out; 0: off.</summary>
    public double SuccessRateThreshold { get; }

    public long WindowMicros { get; }

    /// <summary>Requests within the window without which its success rate says nothing.</summary>
    public int MinRequests { get; }

    public long MinPenaltyMicros { get; }

    public long MaxPenaltyMicros { get; }

    public double JitterRatio { get; }

    public static FailureAccrualModel? Compile(FailureAccrual? accrual) =>
        accrual is null || (accrual.ConsecutiveFailures == 0 && accrual.SuccessRateThreshold <= 0) ? null : new FailureAccrualModel(accrual);

    /// <summary>The penalty after <paramref name="failedProbes"/> probes failed: doubling, up to the maximum, and up to the jitter ratio more.</summary>
    public long PenaltyMicros(int failedProbes, IRandomSource random)
    {
        long penalty = failedProbes >= 40 ? MaxPenaltyMicros : Math.Min(MaxPenaltyMicros, MinPenaltyMicros << Math.Min(failedProbes, 20));
        if (JitterRatio <= 0) return penalty;
        return penalty + (long)(penalty * JitterRatio * random.Below(JitterSteps) / JitterSteps);
    }
}
