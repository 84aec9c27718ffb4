namespace Tulle.Proxy.Forwarding;

/// <summary>
/// What went wrong with an exchange, as operators know it from Envoy's access log: a set, because a request may be delayed
/// on purpose, be retried to the limit and time out.
/// </summary>
[Flags]
internal enum ResponseFlags
{
    None = 0,

    /// <summary>UH: no healthy endpoint.</summary>
    NoHealthyUpstream = 1 << 0,

    /// <summary>UF: no connection to an endpoint.</summary>
    UpstreamConnect = 1 << 1,

    /// <summary>UO: a circuit breaker's limit.</summary>
    Overflow = 1 << 2,

    /// <summary>NR: no route.</summary>
    NoRoute = 1 << 3,

    /// <summary>URX: as many tries as are allowed, and all failed.</summary>
    RetryLimit = 1 << 4,

    /// <summary>DC: the client went away.</summary>
    DownstreamClosed = 1 << 5,

    /// <summary>UT: a timeout for the server's answer.</summary>
    UpstreamTimeout = 1 << 6,

    /// <summary>LR: given up here.</summary>
    LocalReset = 1 << 7,

    /// <summary>UR: the server reset the stream.</summary>
    UpstreamReset = 1 << 8,

    /// <summary>UC: the server closed the connection.</summary>
    UpstreamClosed = 1 << 9,

    /// <summary>DI: delayed on purpose.</summary>
    DelayInjected = 1 << 10,

    /// <summary>FI: aborted on purpose.</summary>
    FaultInjected = 1 << 11,

    /// <summary>RL: a local rate limit.</summary>
    RateLimited = 1 << 12,

    /// <summary>SI: nothing moved for too long.</summary>
    StreamIdle = 1 << 13,

    /// <summary>DPE: the client broke the protocol.</summary>
    DownstreamProtocol = 1 << 14,

    /// <summary>UPE: the server broke the protocol.</summary>
    UpstreamProtocol = 1 << 15,

    /// <summary>UMSDR: the stream lived too long.</summary>
    MaxStreamDuration = 1 << 16,

    /// <summary>NC: the route leads to nothing that is known.</summary>
    NoCluster = 1 << 17,

    /// <summary>DF: DNS did not resolve the name.</summary>
    DnsFailed = 1 << 18,

    /// <summary>OM: the proxy protects itself.</summary>
    Overload = 1 << 19,
}
