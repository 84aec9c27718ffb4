using Tulle.Protocol;

namespace Tulle.Proxy.Resilience;

/// <summary>What a route says of time, retries and rate. Immutable; any thread.</summary>
internal sealed class RoutePolicyModel
{
    /// <summary>Of routes without any policy, and of what is not routed.</summary>
    public static RoutePolicyModel Default { get; } = new(TimeoutsModel.None, RetryPolicyModel.Default, null);

    private RoutePolicyModel(TimeoutsModel timeouts, RetryPolicyModel retries, RateLimitModel? rateLimit)
    {
        Timeouts = timeouts;
        Retries = retries;
        RateLimit = rateLimit;
    }

    /// <summary>What the model was compiled from, for requests that override parts of it; null where nothing was said.</summary>
    public Timeouts? TimeoutsSource { get; private init; }

    /// <inheritdoc cref="TimeoutsSource"/>
    public RetryPolicy? RetriesSource { get; private init; }

    /// <inheritdoc cref="TimeoutsSource"/>
    public RateLimit? RateLimitSource { get; private init; }

    public TimeoutsModel Timeouts { get; }

    public RetryPolicyModel Retries { get; }

    /// <summary>Null: no limit.</summary>
    public RateLimitModel? RateLimit { get; }

    /// <summary>Compiles a route's policy; an error names the part that is wrong.</summary>
    public static (RoutePolicyModel? Model, string? Error) Compile(Timeouts? timeouts, RetryPolicy? retries, RateLimit? rateLimit)
    {
        if (timeouts is null && retries is null && rateLimit is null) return (Default, null);
        (RetryPolicyModel? retryModel, string? retryError) = RetryPolicyModel.Compile(retries);
        if (retryModel is null) return (null, retryError);
        (RateLimitModel? limitModel, string? limitError) = RateLimitModel.Compile(rateLimit);
        if (limitError is not null) return (null, limitError);
        return (new RoutePolicyModel(TimeoutsModel.Compile(timeouts), retryModel, limitModel)
        {
            TimeoutsSource = timeouts,
            RetriesSource = retries,
            RateLimitSource = rateLimit,
        }, null);
    }
}
