namespace Tulle.Proxy.Forwarding;

/// <summary>Why the mesh answers a request itself or gives a connection up. <see cref="MeshErrors"/> says what each means.</summary>
internal enum MeshError : byte
{
    None,

    /// <summary>The request is not valid HTTP/1.1.</summary>
    BadRequest,

    /// <summary>The request's head is larger than the limit.</summary>
    HeaderTooLarge,

    /// <summary>The request's target is longer than the limit.</summary>
    TargetTooLong,

    /// <summary>The request uses a version or coding that HTTP/1.1 proxies need not know.</summary>
    NotSupported,

    /// <summary>The head did not arrive in time.</summary>
    RequestTimeout,

    /// <summary>The port takes mesh mTLS only.</summary>
    MtlsRequired,

    /// <summary>The control plane did not say in time where the authority is.</summary>
    DiscoveryTimeout,

    /// <summary>The name is neither known to the mesh nor to DNS.</summary>
    NameNotFound,

    /// <summary>The route that matched has no backend.</summary>
    NoBackend,

    /// <summary>The backend has no endpoints.</summary>
    NoEndpoints,

    /// <summary>No endpoint took a connection.</summary>
    ConnectFailed,

    /// <summary>No endpoint took a connection in time.</summary>
    ConnectTimeout,

    /// <summary>The endpoint's TLS handshake failed.</summary>
    TlsFailed,

    /// <summary>The endpoint proved another identity than the one expected.</summary>
    IdentityMismatch,

    /// <summary>This proxy has no certificate yet, and the endpoint takes mTLS only.</summary>
    NoCertificate,

    /// <summary>The upstream closed the connection before a response.</summary>
    UpstreamReset,

    /// <summary>The upstream's response is not valid HTTP/1.1.</summary>
    UpstreamProtocol,

    /// <summary>The upstream fell silent in the middle of an exchange.</summary>
    UpstreamTimeout,

    /// <summary>The proxy is shutting down.</summary>
    Draining,

    /// <summary>A limit on waiting requests is reached.</summary>
    Overloaded,

    /// <summary>The request would come back to this proxy.</summary>
    LoopDetected,

    /// <summary>No rule of the authority's routes matches the request.</summary>
    NoRoute,

    /// <summary>Endpoints are there, but every one of them is ejected or failed its health checks.</summary>
    NoHealthyEndpoints,

    /// <summary>The route's timeout passed, with all tries.</summary>
    RouteTimeout,

    /// <summary>A try's own timeout passed, and no further one was allowed.</summary>
    PerTryTimeout,

    /// <summary>The response's head did not come in the time that the route gives it.</summary>
    ResponseTimeout,

    /// <summary>Nothing moved in the exchange for the route's idle timeout.</summary>
    StreamIdle,

    /// <summary>The exchange lived longer than the route allows a stream to.</summary>
    StreamTooLong,

    /// <summary>The backend has as many connections as its policy allows, and nobody may wait for one.</summary>
    TooManyConnections,

    /// <summary>As many requests as the policy allows wait for a connection already.</summary>
    TooManyPending,

    /// <summary>As many requests as the policy allows are under way already.</summary>
    TooManyRequests,

    /// <summary>A request waited for a connection until its place in the queue expired.</summary>
    QueueTimeout,

    /// <summary>The proxy has as many requests in flight as it takes.</summary>
    LoadShed,

    /// <summary>A rate limit refused the request.</summary>
    RateLimited,

    /// <summary>A fault that the route injects on purpose.</summary>
    FaultAbort,

    /// <summary>The client closed the connection, or reset its stream, before its response was complete.</summary>
    ClientGone,

    /// <summary>The client broke HTTP/2's rules.</summary>
    DownstreamHttp2,

    /// <summary>The server broke HTTP/2's rules.</summary>
    UpstreamHttp2,

    /// <summary>The server reset the request's stream.</summary>
    StreamReset,

    /// <summary>The server refused the stream before it did any work on it.</summary>
    StreamRefused,

    /// <summary>The route's rewrite of the path is too expensive for this path, or makes it too long.</summary>
    RewriteFailed,
}

/// <summary>Whose fault an error is.</summary>
internal enum Side : byte
{
    /// <summary>The client's.</summary>
    Downstream,

    /// <summary>The mesh's own.</summary>
    Local,

    /// <summary>The server's.</summary>
    Upstream,
}
