using System.Runtime.InteropServices;

namespace Tulle.Transport.Tls;

/// <summary>
/// The part of OpenSSL 3 that the data plane uses. Reads and writes of established sessions call back into nothing
/// managed and return within microseconds, so they skip the GC transition; handshakes do not.
/// </summary>
internal static unsafe class OpenSsl
{
    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    [DllImport(Ssl), SuppressGCTransition] public static extern int SSL_read(nint ssl, byte* buffer, int length);
    [DllImport(Ssl), SuppressGCTransition] public static extern int SSL_write(nint ssl, byte* buffer, int length);
    [DllImport(Ssl), SuppressGCTransition] public static extern int SSL_has_pending(nint ssl);
    [DllImport(Ssl), SuppressGCTransition] public static extern int SSL_get_error(nint ssl, int result);
    [DllImport(Crypto), SuppressGCTransition] public static extern ulong BIO_number_read(nint bio);
    [DllImport(Crypto), SuppressGCTransition] public static extern void ERR_clear_error();

    [DllImport(Ssl)] public static extern int SSL_do_handshake(nint ssl);
    [DllImport(Ssl)] public static extern int SSL_shutdown(nint ssl);
    [DllImport(Ssl)] public static extern nint SSL_new(nint context);
    [DllImport(Ssl)] public static extern void SSL_free(nint ssl);
    [DllImport(Ssl)] public static extern int SSL_set_fd(nint ssl, int fd);
    [DllImport(Ssl)] public static extern nint SSL_get_rbio(nint ssl);
    [DllImport(Ssl)] public static extern void SSL_set_connect_state(nint ssl);
    [DllImport(Ssl)] public static extern void SSL_set_accept_state(nint ssl);
    [DllImport(Ssl)] public static extern int SSL_set_alpn_protos(nint ssl, byte* protocols, uint length);
    [DllImport(Ssl)] public static extern void SSL_get0_alpn_selected(nint ssl, byte** protocol, uint* length);
    [DllImport(Ssl)] public static extern nint SSL_get0_peer_certificate(nint ssl);
    [DllImport(Ssl)] public static extern nint SSL_get_peer_cert_chain(nint ssl);
    [DllImport(Ssl)] public static extern nint SSL_get0_verified_chain(nint ssl);
    [DllImport(Ssl)] public static extern nint SSL_get_session(nint ssl);
    [DllImport(Ssl)] public static extern nint SSL_get_current_cipher(nint ssl);
    [DllImport(Ssl)] public static extern ushort SSL_CIPHER_get_protocol_id(nint cipher);
    [DllImport(Ssl)] public static extern nint d2i_SSL_SESSION(nint* session, byte** encoded, nint length);

    [DllImport(Ssl)] public static extern nint TLS_method();
    [DllImport(Ssl)] public static extern nint SSL_CTX_new(nint method);
    [DllImport(Ssl)] public static extern void SSL_CTX_free(nint context);
    [DllImport(Ssl)] public static extern long SSL_CTX_ctrl(nint context, int command, long value, void* pointer);
    [DllImport(Ssl)] public static extern ulong SSL_CTX_set_options(nint context, ulong options);
    [DllImport(Ssl)] public static extern int SSL_CTX_set_num_tickets(nint context, nuint count);
    [DllImport(Ssl)] public static extern int SSL_CTX_set_ciphersuites(nint context, byte* names);
    [DllImport(Ssl)] public static extern int SSL_CTX_use_certificate(nint context, nint certificate);
    [DllImport(Ssl)] public static extern int SSL_CTX_use_PrivateKey(nint context, nint key);
    [DllImport(Ssl)] public static extern int SSL_CTX_check_private_key(nint context);
    [DllImport(Ssl)] public static extern nint SSL_CTX_get_cert_store(nint context);
    [DllImport(Ssl)] public static extern void SSL_CTX_set_verify(nint context, int mode, nint callback);
    [DllImport(Ssl)] public static extern void SSL_CTX_set_verify_depth(nint context, int depth);
    [DllImport(Ssl)] public static extern void SSL_CTX_set_alpn_select_cb(
        nint context, delegate* unmanaged<nint, byte**, byte*, byte*, uint, nint, int> callback, nint argument);

    [DllImport(Crypto)] public static extern nint BIO_new_mem_buf(byte* bytes, int length);
    [DllImport(Crypto)] public static extern int BIO_free(nint bio);
    [DllImport(Crypto)] public static extern nint PEM_read_bio_X509(nint bio, nint into, nint passwordCallback, nint argument);
    [DllImport(Crypto)] public static extern nint PEM_read_bio_PrivateKey(nint bio, nint into, nint passwordCallback, nint argument);
    [DllImport(Crypto)] public static extern int X509_STORE_add_cert(nint store, nint certificate);
    [DllImport(Crypto)] public static extern void X509_free(nint certificate);
    [DllImport(Crypto)] public static extern void EVP_PKEY_free(nint key);
    [DllImport(Crypto)] public static extern nint X509_get_ext_d2i(nint certificate, int nid, int* critical, int* index);
    [DllImport(Crypto)] public static extern int OPENSSL_sk_num(nint stack);
    [DllImport(Crypto)] public static extern nint OPENSSL_sk_pop(nint stack);
    [DllImport(Crypto)] public static extern GeneralName* OPENSSL_sk_value(nint stack, int index);
    [DllImport(Crypto)] public static extern void GENERAL_NAMES_free(nint names);
    [DllImport(Crypto)] public static extern int ASN1_STRING_length(nint text);
    [DllImport(Crypto)] public static extern byte* ASN1_STRING_get0_data(nint text);
    [DllImport(Crypto)] public static extern ulong ERR_get_error();
    [DllImport(Crypto)] public static extern void ERR_error_string_n(ulong error, byte* buffer, nuint length);

    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;
    public const int ErrorZeroReturn = 6;

    public const int ControlMode = 33;
    public const int ControlReadAhead = 41;
    public const int ControlSessionCacheMode = 44;
    public const int ControlChainCertificate = 89;
    public const int ControlMinVersion = 123;
    public const int ControlMaxVersion = 124;

    public const long ModeEnablePartialWrite = 0x1;
    public const long ModeAcceptMovingWriteBuffer = 0x2;
    public const long ModeNoAutoChain = 0x8;
    public const long ModeReleaseBuffers = 0x10;
    public const ulong OptionNoTicket = 1ul << 14;
    public const long SessionCacheOff = 0;
    public const long Tls13 = 0x304;
    public const int VerifyPeer = 1;
    public const int VerifyFailIfNoPeerCertificate = 2;
    public const int NidSubjectAltName = 85;
    public const int GeneralNameUri = 6;
    public const int AlpnOk = 0;
    public const int AlpnAlertFatal = 2;

    /// <summary>The oldest error of this thread's queue as a sentence; empties the queue.</summary>
    public static string TakeError()
    {
        ulong error = ERR_get_error();
        if (error == 0) return "no reason given";
        byte* text = stackalloc byte[256];
        ERR_error_string_n(error, text, 256);
        ERR_clear_error();
        return Marshal.PtrToStringUTF8((nint)text) ?? "";
    }
}

/// <summary><c>GENERAL_NAME</c>: what kind of name, and the name.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GeneralName
{
    public int Type;
    public nint Value;
}
