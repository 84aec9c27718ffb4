namespace Tulle.Transport.Tls;

/// <summary>One TLS connection: OpenSSL working directly on the non-blocking socket. Loop thread only.</summary>
public sealed unsafe class TlsSession : IDisposable
{
    // RFC 8446 §5.1: the most plaintext one record carries.
    private const int MaxRecord = 16 * 1024;

    private readonly NameCache _names;
    private nint _ssl;
    private nint _readBio;
    private int _unsentRecord;
    private bool _pending;
    private bool _established;
    private bool _broken;

    internal TlsSession(nint ssl, NameCache names)
    {
        _ssl = ssl;
        _names = names;
    }

    /// <summary>Whether a record was encrypted that the kernel has not taken completely.</summary>
    internal bool HasUnsent => _unsentRecord != 0;

    /// <summary>The SPIFFE ID that the peer proved, after the handshake; null when it has none or more than one.</summary>
    public string? PeerIdentity { get; private set; }

    /// <summary>The protocol that was agreed by ALPN, empty when none was.</summary>
    public string Protocol { get; private set; } = "";

    /// <summary>
    /// The peer said that it sends no more. A process that dies says no such thing, so nothing that was sent to the peer since
    /// its last answer was processed.
    /// </summary>
    public bool EndedByPeer { get; private set; }

    /// <summary>Why the handshake or the session failed, in OpenSSL's words.</summary>
    public string? FailureReason { get; private set; }

    /// <summary>Certificates of the peer that are kept.</summary>
    internal int CountPeerCertificates() => PeerCertificate.Count(_ssl);

    internal void Attach(int fd)
    {
        _ = OpenSsl.SSL_set_fd(_ssl, fd);
        _readBio = OpenSsl.SSL_get_rbio(_ssl);
    }

    internal IoStatus Handshake()
    {
        int result = OpenSsl.SSL_do_handshake(_ssl);
        if (result != 1) return Explain(result);
        _established = true;
        _pending = OpenSsl.SSL_has_pending(_ssl) != 0;
        PeerIdentity = PeerCertificate.SpiffeId(_ssl, _names);
        PeerCertificate.Forget(_ssl);
        byte* protocol;
        uint length;
        OpenSsl.SSL_get0_alpn_selected(_ssl, &protocol, &length);
        Protocol = _names.Get(new ReadOnlySpan<byte>(protocol, (int)length));
        return IoStatus.Done;
    }

    /// <summary>Reads one record or less.</summary>
    /// <param name="drained">True when nothing more can be read before the socket signals again.</param>
    internal int Read(byte* into, int length, out IoStatus status, out bool drained)
    {
        bool hadPending = _pending;
        ulong before = OpenSsl.BIO_number_read(_readBio);
        int n = OpenSsl.SSL_read(_ssl, into, length);
        if (n <= 0)
        {
            drained = true;
            // A part of a record may have come. OpenSSL will then ask for exactly the rest of it, which says nothing about the kernel.
            _pending = hadPending || OpenSsl.BIO_number_read(_readBio) != before;
            status = Explain(n);
            return 0;
        }
        _pending = OpenSsl.SSL_has_pending(_ssl) != 0;
        // OpenSSL reads ahead up to a whole record's buffer. Having started empty, it must have met the end of what the
        // kernel held when it got less than that; otherwise one more attempt finds out.
        drained = !_pending && !hadPending && OpenSsl.BIO_number_read(_readBio) - before < MaxRecord;
        status = IoStatus.Done;
        return n;
    }

    /// <summary>
    /// Encrypts and sends up to one record. A record that the kernel does not take completely counts as taken: OpenSSL
    /// holds it, and <see cref="Flush"/> sends the rest.
    /// </summary>
    internal int Write(byte* bytes, int length, out IoStatus status)
    {
        if (_unsentRecord != 0)
        {
            status = Flush();
            if (status != IoStatus.Done) return 0;
        }
        length = Math.Min(length, MaxRecord);
        int n = OpenSsl.SSL_write(_ssl, bytes, length);
        if (n > 0)
        {
            status = IoStatus.Done;
            return n;
        }
        status = Explain(n);
        if (status != IoStatus.Wait) return 0;
        _unsentRecord = length;
        return length;
    }

    internal IoStatus Flush()
    {
        // OpenSSL wants the same length again; the bytes themselves were encrypted already and are not looked at.
        byte nothing;
        int n = OpenSsl.SSL_write(_ssl, &nothing, _unsentRecord);
        if (n > 0)
        {
            _unsentRecord = 0;
            return IoStatus.Done;
        }
        return Explain(n);
    }

    /// <summary>Sends close_notify, once, if the session is in a state to.</summary>
    internal void Shutdown()
    {
        if (!_established || _broken || _unsentRecord != 0) return;
        _established = false;
        if (OpenSsl.SSL_shutdown(_ssl) < 0) OpenSsl.ERR_clear_error();
    }

    /// <summary>Lets the connection end without close_notify.</summary>
    internal void Abandon() => _broken = true;

    public void Dispose()
    {
        if (_ssl != 0) OpenSsl.SSL_free(_ssl);
        _ssl = 0;
    }

    private IoStatus Explain(int result)
    {
        switch (OpenSsl.SSL_get_error(_ssl, result))
        {
            case OpenSsl.ErrorWantRead or OpenSsl.ErrorWantWrite:
                return IoStatus.Wait;
            case OpenSsl.ErrorZeroReturn:
                EndedByPeer = true;
                return IoStatus.End;
            default:
                _broken = true;
                FailureReason = OpenSsl.TakeError();
                OpenSsl.ERR_clear_error();
                return IoStatus.Failed;
        }
    }
}
