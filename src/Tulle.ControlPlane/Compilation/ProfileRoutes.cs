using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Routes that a ServiceProfile makes where no VirtualService applies: how its requests are treated, not where they go.</summary>
internal static class ProfileRoutes
{
    /// <summary>
    /// Retries of a retryable route that sets no limit. Linkerd bounds them by the budget alone, which lets one request on a
    /// quiet service be sent a hundred times; ten with back-off span two seconds.
    /// </summary>
    public const uint DefaultRetryLimit = 10;

    private const int FirstStatus = 100;
    private const int FirstServerError = 500;
    private const int LastStatus = 599;

    /// <summary>The routes before the one that takes the rest; <paramref name="backends"/> are where each of them leads.</summary>
    public static IEnumerable<Route> Of(ServiceProfile profile, IReadOnlyList<WeightedBackend> backends)
    {
        int last = profile.Routes.Count - 1;
        while (last >= 0 && !profile.Routes[last].HasPolicy) last--;
        for (int i = 0; i <= last; i++)
        {
            ProfileRoute route = profile.Routes[i];
            var compiled = new Route
            {
                Name = $"ServiceProfile/{profile.Meta.Namespace}/{profile.Meta.Name}#{route.Name}",
                Condition = Conditions.Of(route.Condition),
                Timeouts = route.Timeout > TimeSpan.Zero ? new Timeouts { RequestMs = Milliseconds.Of(route.Timeout) } : null,
                Retries = route.Retries ? Retries(route) : null,
            };
            compiled.Backends.AddRange(backends);
            yield return compiled;
        }
    }

    public static RetryBudget? Budget(ProfileBudget? budget) => budget is null ? null : new RetryBudget
    {
        RatioPpm = (uint)Math.Min(uint.MaxValue, Math.Round(budget.RetryRatio * Percentages.All)),
        MinPerSecond = (uint)budget.MinRetriesPerSecond,
        TtlMs = Milliseconds.Of(budget.Ttl),
    };

    /// <summary>What the route counts as a failure is sent again, whatever its method: the profile says that it may be.</summary>
    private static RetryPolicy Retries(ProfileRoute route)
    {
        var policy = new RetryPolicy { Limit = route.RetryLimit is { } limit ? (uint)Math.Max(0, limit) : DefaultRetryLimit, AnyMethod = true };
        List<int> failures = [.. Enumerable.Range(FirstStatus, LastStatus - FirstStatus + 1).Where(status => IsFailure(route, status))];
        if (failures.Count(IsServerError) == LastStatus - FirstServerError + 1)
        {
            policy.On.Add(RetryCondition.Retry5Xx);
            failures.RemoveAll(IsServerError);
        }
        else
        {
            policy.On.Add([RetryCondition.RetryReset, RetryCondition.RetryConnectFailure, RetryCondition.RetryRefusedStream]);
        }
        if (failures.Count > 0) policy.On.Add(RetryCondition.RetryRetriableStatusCodes);
        policy.StatusCodes.AddRange(failures.Select(status => (uint)status));
        policy.On.Add([RetryCondition.RetryGrpcDeadlineExceeded, RetryCondition.RetryGrpcInternal, RetryCondition.RetryGrpcUnavailable]);
        return policy;
    }

    private static bool IsFailure(ProfileRoute route, int status) =>
        route.Responses.FirstOrDefault(rule => rule.Condition.Matches(status))?.IsFailure ?? IsServerError(status);

    private static bool IsServerError(int status) => status >= FirstServerError;
}
