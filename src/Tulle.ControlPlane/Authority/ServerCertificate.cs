using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Tulle.Identity;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Authority;

/// <summary>
/// The control plane's own certificate, from its own authority: proxies verify its SPIFFE ID, tools its names. Renewed
/// when a handshake finds it past 70 % of its life, so no timer runs. Thread-safe.
/// </summary>
internal sealed class ServerCertificate(MeshIssuer issuer, IPAddress listen, TimeProvider clock, ILogger<ServerCertificate> log)
{
    private static readonly string Service = $"{ProtocolNames.ControlPlaneServiceAccount}.{ProtocolNames.SystemNamespace}.svc";

    private readonly Lock _gate = new();
    private SslServerAuthenticationOptions? _options;
    private DateTimeOffset _renewAt;
    private DateTimeOffset _notAfter;

    /// <summary>What a handshake needs now.</summary>
    public SslServerAuthenticationOptions Current()
    {
        lock (_gate)
        {
            if (_options is not null && clock.GetUtcNow() < _renewAt) return _options;
            try
            {
                _options = Issue();
            }
            catch (Exception error) when (_options is not null)
            {
                log.RenewalFailed(_notAfter, error.Message);
            }
            return _options;
        }
    }

    private SslServerAuthenticationOptions Issue()
    {
        using var key = KeyPair.Create();
        SpiffeId id = SpiffeId.ForServiceAccount(
            issuer.TrustDomain, ProtocolNames.SystemNamespace, ProtocolNames.ControlPlaneServiceAccount);
        IPAddress[] addresses = [.. new[] { listen, IPAddress.Loopback, IPAddress.IPv6Loopback }.Distinct()];
        IssuedCertificate issued = issuer.Issuer.Issue(key, id, [Service, $"{Service}.cluster.local", "localhost"], addresses);
        X509Certificate2 certificate = issued.WithKey(key);
        _notAfter = issued.NotAfter;
        _renewAt = issued.NotBefore + (issued.NotAfter - issued.NotBefore) * 0.7;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, issued.Intermediates(), offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http2],
        };
    }
}
