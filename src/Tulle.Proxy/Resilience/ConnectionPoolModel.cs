using Tulle.Protocol;

namespace Tulle.Proxy.Resilience;

/// <summary>A backend's limits on connections and requests. Counts: 0 is no limit. Times in microseconds: 0 is the proxy's own. Immutable; any thread.</summary>
internal sealed record ConnectionPoolModel
{
    /// <summary>No limits.</summary>
    public static ConnectionPoolModel None { get; } = new();

    public int MaxConnections { get; private init; }

    /// <summary>Requests that wait for a connection.</summary>
    public int MaxPending { get; private init; }

    /// <summary>Requests under way.</summary>
    public int MaxRequests { get; private init; }

    /// <summary>Requests after which a connection is closed; 1: no keep-alive.</summary>
    public int MaxRequestsPerConnection { get; private init; }

    /// <summary>Retries under way.</summary>
    public int MaxRetries { get; private init; }

    /// <summary>Streams per HTTP/2 connection.</summary>
    public int MaxConcurrentStreams { get; private init; }

    public long ConnectTimeoutMicros { get; private init; }

    public long IdleTimeoutMicros { get; private init; }

    /// <summary>Age at which a connection takes no more requests; 0: none.</summary>
    public long MaxDurationMicros { get; private init; }

    /// <summary>Null: the proxy's own.</summary>
    public KeepaliveModel? Keepalive { get; private init; }

    /// <summary>Pings on HTTP/2 connections, also where no request is on them; null: the proxy's own, to other sidecars only and only where one is.</summary>
    public Http2KeepaliveModel? Http2Keepalive { get; private init; }

    public static ConnectionPoolModel Compile(ConnectionPool? pool) => pool is null
        ? None
        : new ConnectionPoolModel
        {
            MaxConnections = Count(pool.MaxConnections),
            MaxPending = Count(pool.MaxPendingRequests),
            MaxRequests = Count(pool.MaxRequests),
            MaxRequestsPerConnection = Count(pool.MaxRequestsPerConnection),
            MaxRetries = Count(pool.MaxRetries),
            MaxConcurrentStreams = Count(pool.MaxConcurrentStreams),
            ConnectTimeoutMicros = Math.Max(0, pool.ConnectTimeoutMs) * 1_000,
            IdleTimeoutMicros = Math.Max(0, pool.IdleTimeoutMs) * 1_000,
            MaxDurationMicros = Math.Max(0, pool.MaxConnectionDurationMs) * 1_000,
            Keepalive = pool.Keepalive is null ? null : KeepaliveModel.Compile(pool.Keepalive),
            Http2Keepalive = pool.Http2Keepalive is null ? null : Http2KeepaliveModel.Compile(pool.Http2Keepalive),
        };

    private static int Count(uint value) => (int)Math.Min(value, int.MaxValue);
}

/// <summary>TCP keep-alive; 0: the system's.</summary>
internal sealed record KeepaliveModel(int Probes, int TimeSeconds, int IntervalSeconds)
{
    // The kernel counts seconds, and takes none of 0.
    public static KeepaliveModel Compile(TcpKeepalive keepalive) => new(
        (int)Math.Min(keepalive.Probes, 127), Seconds(keepalive.TimeMs), Seconds(keepalive.IntervalMs));

    private static int Seconds(long ms) => ms <= 0 ? 0 : (int)Math.Clamp((ms + 999) / 1_000, 1, 32_767);
}

/// <summary>When an HTTP/2 connection on which nothing comes is asked for a sign of life, and how long for. Milliseconds.</summary>
internal sealed record Http2KeepaliveModel(long IntervalMs, long TimeoutMs)
{
    /// <summary>Linkerd's keepalive between its proxies.</summary>
    public static Http2KeepaliveModel Default { get; } = new(10_000, 3_000);

    // A server may take more than a ping a second for an attack.
    private const long LeastMs = 1_000;

    public static Http2KeepaliveModel Compile(Http2Keepalive keepalive) => new(
        keepalive.IntervalMs > 0 ? Math.Max(LeastMs, keepalive.IntervalMs) : Default.IntervalMs, keepalive.TimeoutMs > 0 ? keepalive.TimeoutMs : Default.TimeoutMs);
}
