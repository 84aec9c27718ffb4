using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulle.Identity;

/// <summary>
/// The certificate and key of an authority, as a Secret of type <c>kubernetes.io/tls</c> holds them. The certificate may be a root or
/// an intermediate followed by its own issuers.
/// </summary>
public sealed class CertificateAuthorityMaterial : IDisposable
{
    /// <summary>Istio's default for a root it makes itself (pilot: 10 years); roots are replaced by rotation, not by surprise.</summary>
    public static readonly TimeSpan DefaultRootLifetime = TimeSpan.FromDays(3650);

    private CertificateAuthorityMaterial(X509Certificate2 certificate, IReadOnlyList<X509Certificate2> issuers)
        => (Certificate, Issuers) = (certificate, issuers);

    /// <summary>The signing certificate, with its private key.</summary>
    internal X509Certificate2 Certificate { get; }

    /// <summary>What stands above the signing certificate, nearest first; empty for a root.</summary>
    internal IReadOnlyList<X509Certificate2> Issuers { get; }

    public DateTimeOffset NotBefore => Certificate.NotBefore.ToUniversalTime();

    public DateTimeOffset NotAfter => Certificate.NotAfter.ToUniversalTime();

    /// <summary>Whether it signed itself, and so belongs into the trust bundle rather than into chains.</summary>
    public bool IsRoot => Certificate.SubjectName.RawData.AsSpan().SequenceEqual(Certificate.IssuerName.RawData);

    /// <summary>Makes a self-signed root for a trust domain.</summary>
    /// <param name="lifetime">Default <see cref="DefaultRootLifetime"/>.</param>
    /// <exception cref="FormatException">Not a trust domain.</exception>
    public static CertificateAuthorityMaterial CreateRoot(
        string trustDomain, TimeProvider clock, RandomNumberGenerator random, TimeSpan? lifetime = null)
    {
        using var key = KeyPair.Create();
        SpiffeId id = SpiffeId.ForTrustDomain(trustDomain);
        DateTimeOffset now = clock.GetUtcNow();

        // The organisational unit makes every root's name its own, so that a bundle with the old and the new root of a
        // rotation never offers a verifier two issuers of one name.
        string unique = Convert.ToHexStringLower(SerialNumber.Create(random))[..16];
        var request = new CertificateRequest($"CN=tulle root, OU={unique}", key.Key, HashAlgorithmName.SHA256);
        CertificateProfile.AddAuthority(request, id);
        using X509Certificate2 certificate = request.CreateSelfSigned(
            now - CertificateIssuer.ClockSkewAllowance, now + (lifetime ?? DefaultRootLifetime));
        return new CertificateAuthorityMaterial(WithKey(certificate, key), []);
    }

    /// <summary>Makes an intermediate authority that this one vouches for.</summary>
    public CertificateAuthorityMaterial CreateIntermediate(
        string trustDomain, TimeProvider clock, RandomNumberGenerator random, TimeSpan? lifetime = null)
    {
        using var key = KeyPair.Create();
        DateTimeOffset now = clock.GetUtcNow();
        string unique = Convert.ToHexStringLower(SerialNumber.Create(random))[..16];
        var request = new CertificateRequest($"CN=tulle issuer, OU={unique}", key.Key, HashAlgorithmName.SHA256);
        CertificateProfile.AddAuthority(request, SpiffeId.ForTrustDomain(trustDomain), Certificate);
        DateTimeOffset end = now + (lifetime ?? TimeSpan.FromDays(365));
        using X509Certificate2 certificate = request.Create(
            Certificate, now - CertificateIssuer.ClockSkewAllowance, end < NotAfter ? end : NotAfter, SerialNumber.Create(random));
        return new CertificateAuthorityMaterial(WithKey(certificate, key), IsRoot ? [] : [Certificate, .. Issuers]);
    }

    /// <summary>Reads <c>tls.crt</c> and <c>tls.key</c>.</summary>
    /// <param name="error">One sentence saying which of the two is wrong and how.</param>
    public static bool TryFromPem(
        string certificatesPem, string keyPem,
        [NotNullWhen(true)] out CertificateAuthorityMaterial? material, [NotNullWhen(false)] out string? error)
    {
        material = null;
        if (!CertificatePem.TryParse(certificatesPem, out IReadOnlyList<X509Certificate2>? certificates, out error))
        {
            error = $"The issuer's certificate (tls.crt) cannot be used: {error}.";
            return false;
        }
        if (!KeyPair.TryFromPem(keyPem, out KeyPair? key, out error))
        {
            error = $"The issuer's private key (tls.key) cannot be used: {error}.";
            return false;
        }

        using (key)
        {
            X509Certificate2 certificate = certificates[0];
            if (!CertificateProfile.MaySignCertificates(certificate))
            {
                error = $"The issuer's certificate (tls.crt, '{certificate.Subject}') may not sign certificates: it needs CA:TRUE and keyCertSign.";
                return false;
            }
            if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.Key.ExportSubjectPublicKeyInfo()))
            {
                error = "The issuer's certificate (tls.crt) and private key (tls.key) do not belong together.";
                return false;
            }

            material = new CertificateAuthorityMaterial(WithKey(certificate, key), [.. certificates.Skip(1)]);
            error = null;
            return true;
        }
    }

    /// <summary>The signing certificate and its issuers, PEM: <c>tls.crt</c>.</summary>
    public string ToCertificatePem()
        => string.Concat(new[] { Certificate }.Concat(Issuers).Select(c => c.ExportCertificatePem() + "\n"));

    /// <summary>The private key, PKCS#8 PEM: <c>tls.key</c>. A secret.</summary>
    public string ToKeyPem()
    {
        using ECDsa key = Certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    public void Dispose()
    {
        Certificate.Dispose();
        foreach (X509Certificate2 issuer in Issuers) issuer.Dispose();
    }

    private static X509Certificate2 WithKey(X509Certificate2 certificate, KeyPair key)
        => certificate.HasPrivateKey ? new X509Certificate2(certificate) : certificate.CopyWithPrivateKey(key.Key);
}
