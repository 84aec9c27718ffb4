using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulle.Identity;

/// <summary>An ECDSA P-256 key: the one kind of key that Tulle makes (short certificates, cheap handshakes). Not thread-safe.</summary>
public sealed class KeyPair : IDisposable
{
    private KeyPair(ECDsa key) => Key = key;

    internal ECDsa Key { get; }

    /// <summary>A fresh key from the operating system's randomness.</summary>
    public static KeyPair Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads an unencrypted EC private key ("PRIVATE KEY", PKCS#8, or "EC PRIVATE KEY", SEC 1).</summary>
    /// <param name="error">What is wrong, without a byte of the key.</param>
    public static bool TryFromPem(string pem, [NotNullWhen(true)] out KeyPair? pair, [NotNullWhen(false)] out string? error)
    {
        pair = null;
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (Curves.IsP256(key))
            {
                pair = new KeyPair(key);
                error = null;
                return true;
            }
            error = "the private key is not on the curve P-256; make one with: openssl ecparam -name prime256v1 -genkey -noout";
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            error = "no unencrypted EC private key in PEM form was found (\"BEGIN PRIVATE KEY\" or \"BEGIN EC PRIVATE KEY\")";
        }

        key.Dispose();
        return false;
    }

    /// <summary>The private key, PKCS#8 PEM. A secret: keep it in memory, or in a file of mode 0600.</summary>
    public string ToPem() => Key.ExportPkcs8PrivateKeyPem();

    /// <summary>The public key, SubjectPublicKeyInfo DER (RFC 5280 §4.1.2.7).</summary>
    public byte[] ExportPublicKey() => Key.ExportSubjectPublicKeyInfo();

    /// <summary>A PKCS#10 request (DER) for this key. The name in it is a courtesy to readers; the authority decides the real one.</summary>
    public byte[] CreateSigningRequest(SpiffeId? id = null)
    {
        var request = new CertificateRequest(new X500DistinguishedName([0x30, 0x00]), Key, HashAlgorithmName.SHA256);
        if (id is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddUri(new Uri(id.ToString()));
            request.CertificateExtensions.Add(names.Build(critical: true));
        }

        return request.CreateSigningRequest();
    }

    public void Dispose() => Key.Dispose();
}
