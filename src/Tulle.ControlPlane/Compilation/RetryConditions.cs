using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Names of conditions for retries, Envoy's and gRPC's (istio.md §1.4).</summary>
internal static class RetryConditions
{
    private static readonly (string Name, RetryCondition Condition)[] Known =
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

    /// <summary>Null for what is no condition, or one that cannot occur here (HTTP/3).</summary>
    public static RetryCondition? Of(string name) => Known.FirstOrDefault(known => known.Name == name) is { Name: not null } found ? found.Condition : null;

    /// <summary>The name of a condition.</summary>
    public static string Name(RetryCondition condition) => Known.First(known => known.Condition == condition).Name;
}
