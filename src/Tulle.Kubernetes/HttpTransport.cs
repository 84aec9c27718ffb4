using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Tulle.Kubernetes;

/// <summary>Connections to an API server: HTTP/2 where it speaks it, so that a dozen watches share one connection.</summary>
internal static class HttpTransport
{
    /// <summary>How long a connection, with its TLS handshake, may take.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    public static SocketsHttpHandler Create(KubernetesOptions options) => new()
    {
        UseProxy = options.Proxy is not null,
        Proxy = options.Proxy is null ? null : new WebProxy(options.Proxy),
        AllowAutoRedirect = false,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = ConnectTimeout,
        // A watch on a connection that died silently would look like a quiet cluster for ever.
        KeepAlivePingDelay = TimeSpan.FromSeconds(15),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        SslOptions = TlsOptions(options),
    };

    private static SslClientAuthenticationOptions TlsOptions(KubernetesOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options.TlsServerName is not null) tls.TargetHost = options.TlsServerName;
        if (options.CertificateAuthorityPem is not null)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPem(options.CertificateAuthorityPem);
            tls.CertificateChainPolicy = policy;
        }
        if (options is { ClientCertificatePem: not null, ClientKeyPem: not null })
            tls.ClientCertificates = [X509Certificate2.CreateFromPem(options.ClientCertificatePem, options.ClientKeyPem)];
        if (options.SkipTlsVerification) tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        return tls;
    }
}
