namespace Tulle.Proxy.Resilience;

/// <summary>How one try of a request came to its end, or to its response's head.</summary>
internal enum AttemptEnd : byte
{
    /// <summary>The response's head is here.</summary>
    Response,

    /// <summary>No connection: refused, timed out, TLS failed or another identity than expected.</summary>
    ConnectFailed,

    /// <summary>The connection ended before any byte of the request was written.</summary>
    ResetBeforeRequest,

    /// <summary>HTTP/2 REFUSED_STREAM, or GOAWAY with a lower last stream (RFC 9113 §8.7).</summary>
    RefusedStream,

    /// <summary>The other proxy is shutting down and said that it did not pass the request on.</summary>
    RefusedByDraining,

    /// <summary>A reused connection that the server had closed while it was idle, with proof that the request was not read.</summary>
    StaleConnection,

    /// <summary>The connection or stream was reset, or ended, before a response.</summary>
    Reset,

    /// <summary>What came is not valid HTTP.</summary>
    ProtocolError,

    /// <summary>The per-try timeout passed.</summary>
    PerTryTimeout,

    /// <summary>The response's head did not come within the response timeout.</summary>
    ResponseTimeout,

    /// <summary>A limit of the mesh stopped it before it was sent.</summary>
    Overflow,

    /// <summary>There was no endpoint to send it to.</summary>
    NoEndpoint,

    /// <summary>The client went away, or the whole request's time is over: nobody waits for another try.</summary>
    Abandoned,
}

/// <summary>One try, as the retry policy judges it.</summary>
internal readonly struct AttemptOutcome
{
    /// <summary>Marks the absence of <see cref="GrpcStatus"/>.</summary>
    public const int NoGrpcStatus = -1;

    public required AttemptEnd End { get; init; }

    /// <summary>HTTP status when there is a response.</summary>
    public int Status { get; init; }

    /// <summary><c>grpc-status</c> of the response's head (trailers-only), or <see cref="NoGrpcStatus"/>.</summary>
    public int GrpcStatus { get; init; }

    /// <summary>The response has one of the policy's headers; see <see cref="RetryPolicyModel.MatchesHeader"/>.</summary>
    public bool HasRetriableHeader { get; init; }

    /// <summary>The response carries <c>x-envoy-ratelimited</c>.</summary>
    public bool IsRateLimited { get; init; }

    /// <summary>The method is idempotent (RFC 9110 §9.2.2).</summary>
    public bool IsIdempotent { get; init; }

    /// <summary>Everything of the request that was sent is still here to be sent again.</summary>
    public bool CanReplay { get; init; }

    /// <summary>Tries made, this one included.</summary>
    public int Tries { get; init; }

    /// <summary>A response without a status of its own to judge by.</summary>
    public static AttemptOutcome Of(AttemptEnd end, int tries, bool canReplay, bool isIdempotent) => new()
    {
        End = end,
        GrpcStatus = NoGrpcStatus,
        Tries = tries,
        CanReplay = canReplay,
        IsIdempotent = isIdempotent,
    };

    /// <summary>No server can have processed the request, whatever its method.</summary>
    public bool IsUnprocessed => End is AttemptEnd.ConnectFailed or AttemptEnd.ResetBeforeRequest or AttemptEnd.RefusedStream
        or AttemptEnd.RefusedByDraining or AttemptEnd.StaleConnection;
}
