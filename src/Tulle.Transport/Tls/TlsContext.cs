using System.Runtime.InteropServices;
using System.Text;

namespace Tulle.Transport.Tls;

/// <summary>
/// What a workload proves itself with and whom it trusts, ready for handshakes in both roles: TLS 1.3 only, both sides
/// show certificates. Immutable; a renewed certificate makes a new context, and sessions of the old one live on. Any thread.
/// </summary>
public sealed unsafe class TlsContext
{
    // Leaf, one intermediate and the anchor are usual; more than this is a mistake or an attack.
    private const int MaxChainDepth = 4;

    private readonly nint _context;
    private readonly GCHandle _offered;
    private readonly NameCache _names = new();

    private TlsContext(nint context, byte[] protocols)
    {
        _context = context;
        // The callback's argument outlives every session, which keep the native context alive on their own.
        _offered = GCHandle.Alloc(protocols, GCHandleType.Pinned);
    }

    ~TlsContext()
    {
        // Sessions hold their own reference to the native context; only its ALPN list must stay, and it is tiny.
        OpenSsl.SSL_CTX_free(_context);
    }

    /// <summary>Makes a context. The key is read from memory and never written anywhere.</summary>
    /// <param name="chainPem">Own certificate and intermediates, leaf first.</param>
    /// <param name="keyPem">Own private key.</param>
    /// <param name="anchorsPem">Certificates that peers' chains must end in.</param>
    /// <param name="protocols">ALPN names that the server side accepts, the preferred one first.</param>
    /// <param name="error">What is wrong, when it returns null.</param>
    public static TlsContext? Create(
        string chainPem, string keyPem, string anchorsPem, IReadOnlyList<string> protocols, out string? error)
    {
        nint native = OpenSsl.SSL_CTX_new(OpenSsl.TLS_method());
        if (native == 0)
        {
            error = $"OpenSSL cannot make a context: {OpenSsl.TakeError()}";
            return null;
        }
        var context = new TlsContext(native, [.. WireFormat(protocols), 0]);
        error = context.Configure() ?? context.UseChain(chainPem) ?? context.UseKey(keyPem) ?? context.Trust(anchorsPem);
        return error is null ? context : null;
    }

    /// <summary>A session for a connection that was accepted.</summary>
    public TlsSession NewServer()
    {
        nint ssl = OpenSsl.SSL_new(_context);
        OpenSsl.SSL_set_accept_state(ssl);
        GC.KeepAlive(this);
        return new TlsSession(ssl, _names);
    }

    /// <summary>A session for a connection that was made.</summary>
    /// <param name="protocol">The one ALPN name to offer, in the form of <see cref="Offer"/>.</param>
    public TlsSession NewClient(ReadOnlySpan<byte> protocol)
    {
        nint ssl = OpenSsl.SSL_new(_context);
        OpenSsl.SSL_set_connect_state(ssl);
        fixed (byte* p = protocol) _ = OpenSsl.SSL_set_alpn_protos(ssl, p, (uint)protocol.Length);
        GC.KeepAlive(this);
        return new TlsSession(ssl, _names);
    }

    /// <summary>An ALPN name in wire form (RFC 7301 §3.1), for <see cref="NewClient"/>.</summary>
    public static byte[] Offer(string protocol) => WireFormat([protocol]);

    private static byte[] WireFormat(IReadOnlyList<string> protocols) =>
        [.. protocols.SelectMany(name => (byte[])[(byte)name.Length, .. Encoding.ASCII.GetBytes(name)])];

    private string? Configure()
    {
        _ = OpenSsl.SSL_CTX_ctrl(_context, OpenSsl.ControlMinVersion, OpenSsl.Tls13, null);
        _ = OpenSsl.SSL_CTX_ctrl(_context, OpenSsl.ControlMaxVersion, OpenSsl.Tls13, null);
        _ = OpenSsl.SSL_CTX_ctrl(
            _context,
            OpenSsl.ControlMode,
            OpenSsl.ModeEnablePartialWrite | OpenSsl.ModeAcceptMovingWriteBuffer | OpenSsl.ModeReleaseBuffers | OpenSsl.ModeNoAutoChain,
            null);
        // One read per record instead of one for its header and one for its body.
        _ = OpenSsl.SSL_CTX_ctrl(_context, OpenSsl.ControlReadAhead, 1, null);
        // Connections are pooled, so a resumption would be rare; and a full handshake always checks the certificates of now.
        _ = OpenSsl.SSL_CTX_set_options(_context, OpenSsl.OptionNoTicket);
        _ = OpenSsl.SSL_CTX_set_num_tickets(_context, 0);
        _ = OpenSsl.SSL_CTX_ctrl(_context, OpenSsl.ControlSessionCacheMode, OpenSsl.SessionCacheOff, null);
        OpenSsl.SSL_CTX_set_verify(_context, OpenSsl.VerifyPeer | OpenSsl.VerifyFailIfNoPeerCertificate, 0);
        OpenSsl.SSL_CTX_set_verify_depth(_context, MaxChainDepth);
        OpenSsl.SSL_CTX_set_alpn_select_cb(_context, &SelectProtocol, _offered.AddrOfPinnedObject());
        fixed (byte* names = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256\0"u8)
        {
            return OpenSsl.SSL_CTX_set_ciphersuites(_context, names) == 1 ? null : $"OpenSSL refuses the cipher suites: {OpenSsl.TakeError()}";
        }
    }

    private string? UseChain(string pem)
    {
        int count = 0;
        foreach (nint certificate in Certificates(pem))
        {
            bool accepted = count++ == 0
                ? OpenSsl.SSL_CTX_use_certificate(_context, certificate) == 1
                : OpenSsl.SSL_CTX_ctrl(_context, OpenSsl.ControlChainCertificate, 1, (void*)certificate) == 1;
            OpenSsl.X509_free(certificate);
            if (!accepted) return $"certificate {count} of the chain was refused: {OpenSsl.TakeError()}";
        }
        return count > 0 ? null : "the certificate chain holds no PEM certificate";
    }

    private string? UseKey(string pem)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(pem);
        fixed (byte* p = bytes)
        {
            nint bio = OpenSsl.BIO_new_mem_buf(p, bytes.Length);
            nint key = OpenSsl.PEM_read_bio_PrivateKey(bio, 0, 0, 0);
            _ = OpenSsl.BIO_free(bio);
            bool accepted = key != 0 && OpenSsl.SSL_CTX_use_PrivateKey(_context, key) == 1 && OpenSsl.SSL_CTX_check_private_key(_context) == 1;
            if (key != 0) OpenSsl.EVP_PKEY_free(key);
            Array.Clear(bytes);
            return accepted ? null : $"the private key does not fit the certificate or is no PEM key: {OpenSsl.TakeError()}";
        }
    }

    private string? Trust(string pem)
    {
        nint store = OpenSsl.SSL_CTX_get_cert_store(_context);
        int count = 0;
        foreach (nint certificate in Certificates(pem))
        {
            count++;
            bool accepted = OpenSsl.X509_STORE_add_cert(store, certificate) == 1;
            OpenSsl.X509_free(certificate);
            if (!accepted) return $"trust anchor {count} was refused: {OpenSsl.TakeError()}";
        }
        return count > 0 ? null : "the trust anchors hold no PEM certificate";
    }

    private static List<nint> Certificates(string pem)
    {
        var found = new List<nint>();
        byte[] bytes = Encoding.ASCII.GetBytes(pem);
        fixed (byte* p = bytes)
        {
            nint bio = OpenSsl.BIO_new_mem_buf(p, bytes.Length);
            for (nint next; (next = OpenSsl.PEM_read_bio_X509(bio, 0, 0, 0)) != 0;) found.Add(next);
            _ = OpenSsl.BIO_free(bio);
        }
        // The end of the text is reported as an error too.
        OpenSsl.ERR_clear_error();
        return found;
    }

    /// <summary>Picks the first of our protocols that the client offers; a client that offers ALPN but none of them is refused (RFC 7301 §3.2).</summary>
    [UnmanagedCallersOnly]
    private static int SelectProtocol(nint ssl, byte** selected, byte* selectedLength, byte* offered, uint offeredLength, nint supported)
    {
        var ours = (byte*)supported;
        for (int at = 0; ours[at] != 0; at += 1 + ours[at])
        {
            var candidate = new ReadOnlySpan<byte>(ours + at + 1, ours[at]);
            for (uint theirs = 0; theirs < offeredLength; theirs += 1u + offered[theirs])
            {
                if (!candidate.SequenceEqual(new ReadOnlySpan<byte>(offered + theirs + 1, offered[theirs]))) continue;
                *selected = offered + theirs + 1;
                *selectedLength = offered[theirs];
                return OpenSsl.AlpnOk;
            }
        }
        return OpenSsl.AlpnAlertFatal;
    }
}
