using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulle.Identity;

/// <summary>Signs certificates with an authority's key. Thread-safe.</summary>
public sealed class CertificateIssuer(CertificateAuthorityMaterial authority, TimeProvider clock, RandomNumberGenerator random)
{
    /// <summary>Default lifetime of a workload's certificate: 24 h, as Linkerd's <c>--identity-issuance-lifetime</c> and Istio's.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(24);

    /// <summary>
    /// How far validity reaches back, so that a peer whose clock is behind takes a fresh certificate: 20 s, as Linkerd's
    /// <c>--identity-clock-skew-allowance</c>.
    /// </summary>
    public static readonly TimeSpan ClockSkewAllowance = TimeSpan.FromSeconds(20);

    /// <summary>Largest request that is looked at, bytes. A P-256 request is about 300.</summary>
    public const int MaxRequestLength = 4096;

    private readonly Lock _lock = new();

    /// <summary>
    /// Answers a workload's request: the key is the request's, everything else is ours (names and extensions in it are ignored).
    /// </summary>
    /// <param name="signingRequest">PKCS#10, DER, signed with its own ECDSA P-256 key.</param>
    /// <param name="id">Who the caller was found to be.</param>
    /// <param name="lifetime">Default <see cref="DefaultLifetime"/>; never beyond the authority's own end.</param>
    /// <param name="error">One sentence, fit to send back.</param>
    public bool TryIssue(
        ReadOnlySpan<byte> signingRequest, SpiffeId id, TimeSpan? lifetime,
        [NotNullWhen(true)] out IssuedCertificate? issued, [NotNullWhen(false)] out string? error)
    {
        issued = null;
        if (signingRequest.Length > MaxRequestLength)
        {
            error = $"The certificate request is longer than {MaxRequestLength} bytes.";
            return false;
        }

        PublicKey publicKey;
        try
        {
            // Loading checks that the request is signed with the key it carries: proof of possession.
            publicKey = CertificateRequest.LoadSigningRequest(signingRequest.ToArray(), HashAlgorithmName.SHA256).PublicKey;
        }
        catch (CryptographicException)
        {
            error = "The certificate request is not a PKCS#10 request in DER form that is signed with its own key.";
            return false;
        }

        using ECDsa? key = publicKey.GetECDsaPublicKey();
        if (key is null || !Curves.IsP256(key))
        {
            error = "The certificate request's key is not ECDSA P-256, the only kind that is signed here.";
            return false;
        }

        issued = Sign(publicKey, id, [], [], lifetime);
        error = null;
        return true;
    }

    /// <summary>A certificate for a server of our own (control plane, API server): its key never leaves the process that asks.</summary>
    /// <param name="id">SPIFFE ID to put into it, if it has one.</param>
    /// <param name="dnsNames">Host names it answers to.</param>
    /// <param name="addresses">IP addresses it answers at.</param>
    /// <param name="lifetime">Default <see cref="DefaultLifetime"/>; never beyond the authority's own end.</param>
    /// <exception cref="ArgumentException">No name at all.</exception>
    public IssuedCertificate Issue(
        KeyPair key, SpiffeId? id, IReadOnlyList<string> dnsNames, IReadOnlyList<IPAddress> addresses, TimeSpan? lifetime = null)
    {
        if (id is null && dnsNames.Count == 0 && addresses.Count == 0)
            throw new ArgumentException("A certificate needs at least one name: a SPIFFE ID, a DNS name or an IP address.", nameof(dnsNames));
        return Sign(new PublicKey(key.Key), id, dnsNames, addresses, lifetime);
    }

    private IssuedCertificate Sign(
        PublicKey key, SpiffeId? id, IReadOnlyList<string> dnsNames, IReadOnlyList<IPAddress> addresses, TimeSpan? lifetime)
    {
        // The subject stays empty: the names are in the subject alternative name, where everyone looks (RFC 9525 §2).
        var request = new CertificateRequest(new X500DistinguishedName([0x30, 0x00]), key, HashAlgorithmName.SHA256);
        CertificateProfile.AddLeaf(request, authority.Certificate, id, dnsNames, addresses);

        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset notBefore = now - ClockSkewAllowance;
        if (notBefore < authority.NotBefore) notBefore = authority.NotBefore;
        DateTimeOffset notAfter = now + (lifetime ?? DefaultLifetime);
        if (notAfter > authority.NotAfter) notAfter = authority.NotAfter;

        // The authority's key handle is not safe for concurrent use.
        X509Certificate2 leaf;
        lock (_lock) leaf = request.Create(authority.Certificate, notBefore, notAfter, SerialNumber.Create(random));
        using (leaf)
        {
            X509Certificate2[] chain = authority.IsRoot ? [leaf] : [leaf, authority.Certificate, .. authority.Issuers];
            return new IssuedCertificate([.. chain.Select(c => c.RawData)], leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime());
        }
    }
}
