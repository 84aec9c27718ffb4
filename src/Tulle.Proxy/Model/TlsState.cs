using Tulle.Protocol;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Pooling;
using Tulle.Transport.Tls;

namespace Tulle.Proxy.Model;

/// <summary>The certificate in force, ready for handshakes. Immutable; replaced as a whole when it is renewed. Any thread.</summary>
internal sealed class TlsState
{
    private static readonly byte[] OfferHttp = TlsContext.Offer(ProtocolNames.AlpnHttp1);
    private static readonly byte[] OfferHttp2 = TlsContext.Offer(ProtocolNames.AlpnHttp2);
    private static readonly byte[] OfferOpaque = TlsContext.Offer(ProtocolNames.AlpnOpaque);

    private readonly TlsContext _context;
    private readonly string _trustDomainPrefix;

    private TlsState(TlsContext context, WorkloadCertificate certificate)
    {
        _context = context;
        SpiffeId = certificate.SpiffeId;
        NotAfter = certificate.NotAfter;
        _trustDomainPrefix = $"spiffe://{certificate.TrustDomain}/";
    }

    public string SpiffeId { get; }

    public DateTimeOffset NotAfter { get; }

    /// <summary>Compiles a certificate; an error says what is wrong with it.</summary>
    public static (TlsState? State, string? Error) Compile(WorkloadCertificate certificate)
    {
        var context = TlsContext.Create(
            certificate.ChainPem, certificate.KeyPem, certificate.AnchorsPem, [ProtocolNames.AlpnHttp1, ProtocolNames.AlpnHttp2, ProtocolNames.AlpnOpaque], out string? error);
        return context is null ? (null, error) : (new TlsState(context, certificate), null);
    }

    public TlsSession NewServer() => _context.NewServer();

    public TlsSession NewClient(TlsPurpose purpose) => _context.NewClient(purpose switch
    {
        TlsPurpose.Http => OfferHttp,
        TlsPurpose.Http2 => OfferHttp2,
        _ => OfferOpaque,
    });

    /// <summary>Whether a client that proved this identity belongs to the mesh.</summary>
    public bool IsMember(string? identity) => identity is not null && identity.StartsWith(_trustDomainPrefix, StringComparison.Ordinal);
}
