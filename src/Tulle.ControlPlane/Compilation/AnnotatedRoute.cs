using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>What annotations on a Service say of the requests to it, where neither a VirtualService nor a ServiceProfile does.</summary>
internal static class AnnotatedRoute
{
    /// <summary>Linkerd's longest pause between tries; the base is the proxy's 25 ms (linkerd.md §3).</summary>
    private const int MaxBackoffMs = 250;

    public static void Apply(Route route, ServicePolicy policy)
    {
        route.RateLimit = RateLimits.Of(policy.Limits);
        if (!policy.Timeouts.IsEmpty || policy.Limits?.StreamTimeout > TimeSpan.Zero)
        {
            route.Timeouts = new Timeouts
            {
                RequestMs = Milliseconds.Of(policy.Timeouts.Request),
                ResponseMs = Milliseconds.Of(policy.Timeouts.Response),
                IdleMs = Milliseconds.Of(policy.Timeouts.Idle),
                StreamMs = Milliseconds.Of(policy.Limits?.StreamTimeout),
            };
        }
        if (policy.Retries is { } retries) route.Retries = Retries(retries);
    }

    private static RetryPolicy Retries(AnnotatedRetries retries)
    {
        var policy = new RetryPolicy
        {
            Limit = (uint)retries.Limit,
            PerTryTimeoutMs = Milliseconds.Of(retries.PerTryTimeout),
            BackoffMaxMs = MaxBackoffMs,
            AnyMethod = true,
        };
        if (retries.ServerErrors) policy.On.Add(RetryCondition.Retry5Xx);
        if (retries.GatewayErrors) policy.On.Add(RetryCondition.RetryGatewayError);
        if (retries.Statuses.Count > 0)
        {
            policy.On.Add(RetryCondition.RetryRetriableStatusCodes);
            policy.StatusCodes.AddRange(retries.Statuses.Select(status => (uint)status));
        }
        // A try that runs into its time is sent again (linkerd.md §2), which is a kind of reset to the proxy.
        if (retries.PerTryTimeout > TimeSpan.Zero) policy.On.Add(RetryCondition.RetryReset);
        foreach (string name in retries.Grpc)
        {
            if (TrafficNames.RetryConditions.TryFind(name, out RetryCondition condition)) policy.On.Add(condition);
        }
        return policy;
    }
}
