using Tulle.Protocol;
using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.Telemetry;

/// <summary>What a connection turned out to carry.</summary>
internal enum DetectionResult : byte
{
    Http1,
    Http2,

    /// <summary>The application's own TLS.</summary>
    Tls,
    Opaque,

    /// <summary>Opaque, because the server spoke first.</summary>
    ServerFirst,
}

/// <summary>How a handshake between proxies ended.</summary>
internal enum HandshakeResult : byte
{
    Ok,
    Failed,

    /// <summary>The other side proved an identity that was not expected.</summary>
    WrongIdentity,

    /// <summary>We have no certificate yet.</summary>
    NoCertificate,
}

/// <summary>What happened to connections and requests beside their series: on one event loop. Only that loop writes; any thread reads.</summary>
internal sealed class ConnectionCounters
{
    private static readonly MeshError[] TimeoutErrors =
    [
        MeshError.RouteTimeout, MeshError.PerTryTimeout, MeshError.ResponseTimeout, MeshError.ConnectTimeout, MeshError.QueueTimeout,
        MeshError.UpstreamTimeout, MeshError.StreamTooLong, MeshError.RequestTimeout, MeshError.DiscoveryTimeout, MeshError.StreamIdle,
    ];

    private long _strictAllowed, _strictDenied;

    /// <summary>By <see cref="DetectionResult"/>.</summary>
    public DirectionCounts Detections { get; } = new("http1", "http2", "tls", "opaque", "server_first");

    /// <summary>By <see cref="HandshakeResult"/>.</summary>
    public DirectionCounts Handshakes { get; } = new("ok", "failed", "wrong_identity", "no_certificate");

    /// <summary>By which wait was given up.</summary>
    public DirectionCounts Timeouts { get; } = new("request", "try", "response", "connect", "queue", "idle", "stream", "client", "discovery");

    /// <summary>Requests and connections that STRICT let in.</summary>
    public long StrictAllowed => Volatile.Read(ref _strictAllowed);

    /// <summary>Those that it did not.</summary>
    public long StrictDenied => Volatile.Read(ref _strictDenied);

    public void Count(Direction direction, DetectionResult result) => Detections.Count(direction, (int)result);

    public void Count(Direction direction, HandshakeResult result) => Handshakes.Count(direction, (int)result);

    /// <summary>Counts a wait that was given up; an error that is no timeout is not counted.</summary>
    public void CountTimeout(Direction direction, MeshError error)
    {
        int index = Array.IndexOf(TimeoutErrors, error == MeshError.StreamIdle ? MeshError.UpstreamTimeout : error);
        if (index >= 0) Timeouts.Count(direction, index);
    }

    /// <summary>Counts a verdict of a port that takes mesh mTLS only.</summary>
    public void CountStrict(bool allowed)
    {
        if (allowed) _strictAllowed++;
        else _strictDenied++;
    }
}
