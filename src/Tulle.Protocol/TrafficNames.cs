namespace Tulle.Protocol;

/// <summary>How files, reports and pages name the values of our messages.</summary>
public static class TrafficNames
{
    /// <summary>What a server speaks.</summary>
    public static NameTable<Protocol> Protocols { get; } = new(
        otherwise: "detect", ("detect", Protocol.Detect), ("http1", Protocol.Http1), ("http2", Protocol.Http2), ("opaque", Protocol.Opaque));

    /// <summary>Whom a port takes connections from.</summary>
    public static NameTable<MtlsMode> MtlsModes { get; } = new(
        otherwise: "permissive", ("permissive", MtlsMode.MtlsPermissive), ("strict", MtlsMode.MtlsStrict), ("disable", MtlsMode.MtlsDisable));

    /// <summary>How an endpoint is chosen; peak EWMA unless something else is said.</summary>
    public static NameTable<BalancingPolicy> BalancingPolicies { get; } = new(
        otherwise: "peak-ewma",
        ("peak-ewma", BalancingPolicy.BalancingPeakEwma),
        ("least-request", BalancingPolicy.BalancingLeastRequest),
        ("round-robin", BalancingPolicy.BalancingRoundRobin),
        ("random", BalancingPolicy.BalancingRandom),
        ("ring-hash", BalancingPolicy.BalancingRingHash),
        ("maglev", BalancingPolicy.BalancingMaglev),
        ("passthrough", BalancingPolicy.BalancingPassthrough));

    /// <summary>The words of Istio's retryOn and of <c>x-envoy-retry-on</c>, Envoy's and gRPC's, but those that cannot occur here (HTTP/3).</summary>
    public static NameTable<RetryCondition> RetryConditions { get; } = new(
        otherwise: "unknown",
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
        ("unavailable", RetryCondition.RetryGrpcUnavailable));
}
