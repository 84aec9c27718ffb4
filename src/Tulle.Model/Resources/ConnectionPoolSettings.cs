using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>Bounds on connections and requests to a service (istio.md §1.6). 0 means not set, null likewise.</summary>
/// <param name="IdleTimeout">Of HTTP connections if given for them, else of all; zero switches it off.</param>
/// <param name="Upgrade">Whether HTTP/1.1 is forwarded as HTTP/2.</param>
/// <param name="UseClientProtocol">Whether the server is spoken to in the client's protocol.</param>
public sealed record ConnectionPoolSettings(
    int MaxConnections, TimeSpan? ConnectTimeout, TcpKeepaliveSettings? Keepalive, TimeSpan? MaxConnectionDuration, TimeSpan? IdleTimeout,
    int MaxPendingRequests, int MaxRequests, int MaxRequestsPerConnection, int MaxRetries, int MaxConcurrentStreams, bool Upgrade, bool UseClientProtocol,
    Http2KeepaliveSettings? Http2Keepalive)
{
    internal static ConnectionPoolSettings? Decode(Node? node)
    {
        if (node is not MappingNode)
            return null;
        Node? tcp = node.Get("tcp");
        Node? http = node.Get("http");
        return new ConnectionPoolSettings(
            Count(tcp, "maxConnections"), tcp.GetDuration("connectTimeout"), TcpKeepaliveSettings.Decode(tcp.Get("tcpKeepalive")),
            tcp.GetDuration("maxConnectionDuration"), http.GetDuration("idleTimeout") ?? tcp.GetDuration("idleTimeout"),
            Count(http, "http1MaxPendingRequests"), Count(http, "http2MaxRequests"), Count(http, "maxRequestsPerConnection"), Count(http, "maxRetries"),
            Count(http, "maxConcurrentStreams"), http.GetText("h2UpgradePolicy") == "UPGRADE", http.GetFlag("useClientProtocol") ?? false,
            Http2KeepaliveSettings.Decode(http.Get("http2KeepAlive")));
    }

    private static int Count(Node? node, string key) => Math.Max(0, node.GetInt(key) ?? 0);
}

/// <summary>TCP keepalive probes; 0 and null leave the system's.</summary>
public sealed record TcpKeepaliveSettings(int Probes, TimeSpan? Time, TimeSpan? Interval)
{
    internal static TcpKeepaliveSettings? Decode(Node? node) => node is not MappingNode
        ? null
        : new TcpKeepaliveSettings(Math.Max(0, node.GetInt("probes") ?? 0), node.GetDuration("time"), node.GetDuration("interval"));
}

/// <summary>Pings on HTTP/2 connections; null leaves the proxy's.</summary>
public sealed record Http2KeepaliveSettings(TimeSpan? Interval, TimeSpan? Timeout)
{
    internal static Http2KeepaliveSettings? Decode(Node? node) => node is not MappingNode
        ? null
        : new Http2KeepaliveSettings(node.GetDuration("interval"), node.GetDuration("timeout"));
}
