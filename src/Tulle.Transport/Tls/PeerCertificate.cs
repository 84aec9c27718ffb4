namespace Tulle.Transport.Tls;

/// <summary>What the data plane reads from a peer's verified certificate.</summary>
internal static unsafe class PeerCertificate
{
    /// <summary>
    /// The SPIFFE ID, or null. A certificate with any number of URI names other than one is not an X.509-SVID
    /// (SPIFFE X.509-SVID §2).
    /// </summary>
    public static string? SpiffeId(nint ssl, NameCache cache)
    {
        nint certificate = OpenSsl.SSL_get0_peer_certificate(ssl);
        if (certificate == 0) return null;
        nint names = OpenSsl.X509_get_ext_d2i(certificate, OpenSsl.NidSubjectAltName, null, null);
        if (names == 0) return null;

        ReadOnlySpan<byte> found = default;
        int uris = 0;
        int count = OpenSsl.OPENSSL_sk_num(names);
        for (int i = 0; i < count; i++)
        {
            GeneralName* name = OpenSsl.OPENSSL_sk_value(names, i);
            if (name->Type != OpenSsl.GeneralNameUri) continue;
            uris++;
            found = new ReadOnlySpan<byte>(OpenSsl.ASN1_STRING_get0_data(name->Value), OpenSsl.ASN1_STRING_length(name->Value));
        }
        string? identity = uris == 1 && found.StartsWith("spiffe://"u8) ? cache.Get(found) : null;
        OpenSsl.GENERAL_NAMES_free(names);
        return identity;
    }

    /// <summary>
    /// Frees the certificates of an established session, which OpenSSL would keep as long as the connection: 5 KB each. It has
    /// checked them, and nobody asks again.
    /// </summary>
    public static void Forget(nint ssl)
    {
        Empty(OpenSsl.SSL_get_peer_cert_chain(ssl));
        Empty(OpenSsl.SSL_get0_verified_chain(ssl));

        // Only decoding another session into this one replaces its certificate. TLS 1.3 uses nothing of it any more: a ticket
        // would be made from a copy of it and the connection's secrets (RFC 8446 §4.6.1), and ours is never resumed.
        ushort cipher = OpenSsl.SSL_CIPHER_get_protocol_id(OpenSsl.SSL_get_current_cipher(ssl));
        byte* encoded = stackalloc byte[]
        {
            0x30, 15, // SSL_SESSION, d2i_SSL_SESSION(3)
            0x02, 1, 1, // version of the structure
            0x02, 2, 0x03, 0x04, // TLS 1.3
            0x04, 2, (byte)(cipher >> 8), (byte)cipher,
            0x04, 0, // session id
            0x04, 0, // secret
        };
        nint session = OpenSsl.SSL_get_session(ssl);
        if (OpenSsl.d2i_SSL_SESSION(&session, &encoded, 17) == 0) OpenSsl.ERR_clear_error();
    }

    /// <summary>Certificates of the peer that OpenSSL holds.</summary>
    public static int Count(nint ssl) => Math.Max(0, OpenSsl.OPENSSL_sk_num(OpenSsl.SSL_get_peer_cert_chain(ssl)))
        + Math.Max(0, OpenSsl.OPENSSL_sk_num(OpenSsl.SSL_get0_verified_chain(ssl)))
        + (OpenSsl.SSL_get0_peer_certificate(ssl) == 0 ? 0 : 1);

    private static void Empty(nint certificates)
    {
        while (certificates != 0 && OpenSsl.OPENSSL_sk_num(certificates) > 0) OpenSsl.X509_free(OpenSsl.OPENSSL_sk_pop(certificates));
    }
}
