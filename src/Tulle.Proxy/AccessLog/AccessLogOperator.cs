namespace Tulle.Proxy.AccessLog;

/// <summary>What a <c>%NAME%</c> of a format stands for. Names are Envoy's, in upper case with underscores.</summary>
internal enum AccessLogOperator : byte
{
    /// <summary>Text that stands there as it is.</summary>
    Literal,

    /// <summary>A field of the request, or one of the pseudo-fields :method, :path, :authority and :scheme.</summary>
    Req,

    /// <summary>A field of the response, or :status.</summary>
    Resp,

    /// <summary>A trailer field of the response.</summary>
    Trailer,

    /// <summary>When the request began, UTC.</summary>
    StartTime,

    Protocol,
    ResponseCode,
    ResponseFlags,
    ResponseCodeDetails,

    /// <summary>Why the client's connection ended, where that is known.</summary>
    ConnectionTerminationDetails,

    /// <summary>Why no connection to the endpoint could be made.</summary>
    UpstreamTransportFailureReason,

    /// <summary>Bytes of the request's body.</summary>
    BytesReceived,

    /// <summary>Bytes of the response's body.</summary>
    BytesSent,

    /// <summary>Milliseconds from the request's head to the end of the response.</summary>
    Duration,

    /// <summary>Milliseconds from the request's head to the response's head.</summary>
    ResponseDuration,

    UpstreamHost,
    UpstreamCluster,
    UpstreamLocalAddress,

    /// <summary>The identity that the endpoint proved.</summary>
    UpstreamPeerUriSan,

    /// <summary>Tries, the first one included.</summary>
    UpstreamRequestAttemptCount,

    DownstreamLocalAddress,
    DownstreamRemoteAddress,
    DownstreamRemoteAddressWithoutPort,

    /// <summary>The identity that the client proved.</summary>
    DownstreamPeerUriSan,

    /// <summary>The name in the client's TLS hello.</summary>
    RequestedServerName,

    RouteName,

    /// <summary>The trace's id, whether it is recorded or not.</summary>
    TraceId,

    /// <summary>gRPC's status as a number.</summary>
    GrpcStatus,

    /// <summary>"inbound" or "outbound"; Tulle's own.</summary>
    Direction,

    /// <summary>Our token of the error, as in <c>tulle-error</c>; Tulle's own.</summary>
    MeshError,
}
