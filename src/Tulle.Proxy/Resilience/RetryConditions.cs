namespace Tulle.Proxy.Resilience;

/// <summary>What a retry policy retries on, as bits; see <c>RetryCondition</c> of traffic.proto.</summary>
[Flags]
internal enum RetryConditions
{
    None = 0,

    /// <summary>Any 5xx, and no response at all.</summary>
    ServerError = 1 << 0,

    /// <summary>502, 503, 504.</summary>
    GatewayError = 1 << 1,

    /// <summary>No response: reset, closed or timed out.</summary>
    Reset = 1 << 2,

    /// <summary>Reset before anything of the request was sent.</summary>
    ResetBeforeRequest = 1 << 3,

    /// <summary>No connection. Per-try timeouts are none of these.</summary>
    ConnectFailure = 1 << 4,

    /// <summary>409.</summary>
    Conflict = 1 << 5,

    /// <summary>HTTP/2 REFUSED_STREAM.</summary>
    RefusedStream = 1 << 6,

    /// <summary>One of the policy's status codes.</summary>
    StatusCodes = 1 << 7,

    /// <summary>One of the policy's response headers.</summary>
    Headers = 1 << 8,

    /// <summary>429 with <c>x-envoy-ratelimited</c>.</summary>
    RateLimited = 1 << 9,

    GrpcCancelled = 1 << 10,
    GrpcDeadlineExceeded = 1 << 11,
    GrpcInternal = 1 << 12,
    GrpcResourceExhausted = 1 << 13,
    GrpcUnavailable = 1 << 14,

    /// <summary>Every condition on <c>grpc-status</c>.</summary>
    AnyGrpc = GrpcCancelled | GrpcDeadlineExceeded | GrpcInternal | GrpcResourceExhausted | GrpcUnavailable,
}
