using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Which protocol a port of a service speaks.</summary>
internal static class PortProtocol
{
    /// <summary>
    /// Ports whose protocol is known and lets the server speak first, where waiting for the client's first bytes would stall:
    /// SMTP, DNS, MySQL, PostgreSQL, Memcached and their like; the union of Istio's and Linkerd's defaults.
    /// </summary>
    private static readonly HashSet<int> s_opaque = [25, 53, 587, 3306, 4444, 5432, 6379, 9300, 11211, 27017];

    public static Protocol.Protocol Of(ServicePort port) => port.AppProtocol is { Length: > 0 } declared
        ? Declared(declared.ToLowerInvariant())
        : Named(port.Name) ?? ByNumber(port.Port);

    /// <summary>What servers are spoken to in: what they declare, unless the connection pool asks for another choice.</summary>
    public static Protocol.Protocol Spoken(Protocol.Protocol declared, ConnectionPoolSettings? pool)
    {
        if (declared == Protocol.Protocol.Opaque || pool is null) return declared;
        return pool.Upgrade ? Protocol.Protocol.Http2 : pool.UseClientProtocol ? Protocol.Protocol.Detect : declared;
    }

    /// <summary>What a Server of Linkerd says of its port; null when it leaves it to detection.</summary>
    public static Protocol.Protocol? OfServer(string proxyProtocol) => proxyProtocol switch
    {
        "HTTP/1" => Protocol.Protocol.Http1,
        "HTTP/2" or "gRPC" => Protocol.Protocol.Http2,
        "opaque" or "TLS" => Protocol.Protocol.Opaque,
        _ => null,
    };

    private static Protocol.Protocol Declared(string name) => name switch
    {
        "http" or "kubernetes.io/ws" => Protocol.Protocol.Http1,
        "http2" or "grpc" or "grpc-web" or "kubernetes.io/h2c" => Protocol.Protocol.Http2,
        "https" or "tls" or "tcp" or "kubernetes.io/wss" or "mongo" or "mysql" or "redis" => Protocol.Protocol.Opaque,
        _ => Protocol.Protocol.Detect,
    };

    /// <summary>Istio's convention: the name up to the first dash.</summary>
    private static Protocol.Protocol? Named(string name)
    {
        int dash = name.IndexOf('-');
        return (dash < 0 ? name : name[..dash]).ToLowerInvariant() switch
        {
            // Under Linkerd a port's name means nothing, so "http" may well be spoken to in HTTP/2: look.
            "http" => Protocol.Protocol.Detect,
            "http2" or "grpc" => Protocol.Protocol.Http2,
            "https" or "tls" or "tcp" or "mongo" or "mysql" or "redis" => Protocol.Protocol.Opaque,
            _ => null,
        };
    }

    private static Protocol.Protocol ByNumber(int port) => s_opaque.Contains(port) ? Protocol.Protocol.Opaque : Protocol.Protocol.Detect;
}
