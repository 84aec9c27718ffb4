using System.Globalization;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Retries of requests that a VirtualService routes (istio.md §1.4).</summary>
internal static class VirtualServiceRetries
{
    /// <summary>Istio's, for rules that say nothing of retries.</summary>
    public const uint DefaultAttempts = 2;

    /// <summary>Istio's, for rules without retryOn.</summary>
    public static IReadOnlyList<RetryCondition> DefaultConditions { get; } =
    [
        RetryCondition.RetryConnectFailure, RetryCondition.RetryRefusedStream, RetryCondition.RetryGrpcUnavailable, RetryCondition.RetryGrpcCancelled,
    ];

    private const uint ServiceUnavailable = 503;

    public static RetryPolicy Of(HttpRetries? retries)
    {
        var policy = new RetryPolicy { Limit = retries is null ? DefaultAttempts : (uint)Math.Max(0, retries.Attempts) };
        if (policy.Limit == 0) return policy;
        if (retries is null)
        {
            policy.On.Add(DefaultConditions);
            return policy;
        }
        policy.PerTryTimeoutMs = Milliseconds.Of(retries.PerTryTimeout);
        policy.BackoffBaseMs = Milliseconds.Of(retries.Backoff);
        policy.SameEndpoint = !retries.IgnorePreviousHosts;
        policy.OtherLocalities = retries.RemoteLocalities;
        policy.AnyMethod = retries.RetryOn.Count > 0;
        if (retries.RetryOn.Count > 0) AddConditions(policy, retries.RetryOn);
        else AddUnsaid(policy);
        return policy;
    }

    /// <summary>
    /// Who asks for retries without saying when means more than refused connections: a try that ran into perTryTimeout, a
    /// reset, and the 503 that Istio's default had up to 1.23. As such a request may have been processed, only those of
    /// idempotent methods are sent again.
    /// </summary>
    private static void AddUnsaid(RetryPolicy policy)
    {
        policy.On.Add(DefaultConditions);
        policy.On.Add([RetryCondition.RetryReset, RetryCondition.RetryRetriableStatusCodes]);
        policy.StatusCodes.Add(ServiceUnavailable);
    }

    private static void AddConditions(RetryPolicy policy, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out uint status))
            {
                if (!policy.StatusCodes.Contains(status)) policy.StatusCodes.Add(status);
                Add(policy, RetryCondition.RetryRetriableStatusCodes);
            }
            else if (TrafficNames.RetryConditions.TryFind(name, out RetryCondition condition))
            {
                Add(policy, condition);
            }
        }
    }

    private static void Add(RetryPolicy policy, RetryCondition condition)
    {
        if (!policy.On.Contains(condition)) policy.On.Add(condition);
    }
}
