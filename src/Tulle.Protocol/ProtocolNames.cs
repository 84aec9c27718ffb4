namespace Tulle.Protocol;

/// <summary>Names that both sides of the mesh must agree on.</summary>
public static class ProtocolNames
{
    /// <summary>Audience of the service-account tokens with which proxies authenticate to the control plane.</summary>
    public const string TokenAudience = "tulle";

    /// <summary>ALPN of mesh mTLS that carries HTTP/1.1. An inbound port takes a ClientHello that offers it as the mesh's own.</summary>
    public const string AlpnHttp1 = "tulle-http/1.1";

    /// <summary>ALPN of mesh mTLS that carries HTTP/2.</summary>
    public const string AlpnHttp2 = "tulle-h2";

    /// <summary>ALPN of mesh mTLS that carries an opaque byte stream.</summary>
    public const string AlpnOpaque = "tulle-tcp";

    /// <summary>Response header that names the reason of an error which the mesh answered itself.</summary>
    public const string ErrorHeader = "tulle-error";

    /// <summary><see cref="ErrorHeader"/> as it is on the wire.</summary>
    public static ReadOnlySpan<byte> ErrorHeaderBytes => "tulle-error"u8;

    /// <summary>Request header that tells the application which client identity (SPIFFE ID) was verified. Removed when a client sends it.</summary>
    public const string ClientIdentityHeader = "tulle-client-id";

    /// <summary>Name of the sidecar's container in a pod: a pod that has it is meshed.</summary>
    public const string SidecarContainer = "tulle-proxy";

    /// <summary>Namespace of the control plane.</summary>
    public const string SystemNamespace = "tulle-system";

    /// <summary>Service account of the control plane, and so the end of its SPIFFE ID.</summary>
    public const string ControlPlaneServiceAccount = "tulle-control-plane";

    /// <summary>Trust domain when none is configured; the default of Istio and of Kubernetes' DNS.</summary>
    public const string DefaultTrustDomain = "cluster.local";
}
