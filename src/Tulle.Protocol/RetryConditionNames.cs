namespace Tulle.Protocol;

/// <summary>The words of Istio's retryOn and of <c>x-envoy-retry-on</c>, Envoy's and gRPC's. Upper and lower case matter, as they do to Envoy.</summary>
public static class RetryConditionNames
{
    /// <summary>All that can occur here; not HTTP/3's.</summary>
    public static IReadOnlyList<(string Name, RetryCondition Condition)> All { get; } =
    [
        ("5xx", RetryCondition.Retry5Xx),
        ("gateway-error", RetryCondition.RetryGatewayError),
        ("reset", RetryCondition.RetryReset),
        ("reset-before-request", RetryCondition.RetryResetBeforeRequest),
        ("connect-failure", RetryCondition.RetryConnectFailure),
        ("retriable-4xx", RetryCondition.RetryRetriable4Xx),
        ("refused-stream", RetryCondition.RetryRefusedStream),
        ("retriable-status-codes", RetryCondition.RetryRetriableStatusCodes),
        ("retriable-headers", RetryCondition.RetryRetriableHeaders),
        ("envoy-ratelimited", RetryCondition.RetryEnvoyRatelimited),
        ("cancelled", RetryCondition.RetryGrpcCancelled),
        ("deadline-exceeded", RetryCondition.RetryGrpcDeadlineExceeded),
        ("internal", RetryCondition.RetryGrpcInternal),
        ("resource-exhausted", RetryCondition.RetryGrpcResourceExhausted),
        ("unavailable", RetryCondition.RetryGrpcUnavailable),
    ];

    /// <summary>The name of a condition.</summary>
    public static string Of(RetryCondition condition)
    {
        foreach ((string name, RetryCondition candidate) in All)
        {
            if (candidate == condition) return name;
        }
        return "unknown";
    }

    /// <summary>The condition of that name; unspecified for an unknown one.</summary>
    public static RetryCondition Find(ReadOnlySpan<char> text)
    {
        foreach ((string name, RetryCondition condition) in All)
        {
            if (text.SequenceEqual(name)) return condition;
        }
        return RetryCondition.RetryUnspecified;
    }
}
