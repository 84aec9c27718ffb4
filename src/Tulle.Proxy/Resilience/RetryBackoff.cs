using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Resilience;

/// <summary>How long to wait before a retry. Times in microseconds.</summary>
internal static class RetryBackoff
{
    /// <summary>
    /// The longest a client's request waits because a server asked for it with Retry-After. Whoever asks for more gets its
    /// own answer passed on, and the client decides.
    /// </summary>
    public const long MaxRetryAfterMicros = 10_000_000;

    /// <summary>
    /// Before retry <paramref name="retry"/> (1 is the first): evenly from 0 to (2^retry - 1) × base, at most the policy's
    /// maximum. Envoy's full jitter: clients that failed together do not come back together.
    /// </summary>
    public static long DelayMicros(RetryPolicyModel policy, int retry, IRandomSource random)
    {
        long factor = retry >= 20 ? 1 << 20 : (1L << retry) - 1;
        long bound = Math.Min(policy.BackoffMaxMicros, policy.BackoffBaseMicros * factor);
        return random.Below((uint)Math.Clamp(bound, 1, uint.MaxValue));
    }
}
