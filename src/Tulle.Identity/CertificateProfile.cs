using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulle.Identity;

/// <summary>The extensions of the certificates that Tulle issues: SPIFFE X509-SVID §4 on top of RFC 5280 §4.2.</summary>
internal static class CertificateProfile
{
    /// <summary>id-kp-serverAuth and id-kp-clientAuth, RFC 5280 §4.2.1.12.</summary>
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1", ClientAuth = "1.3.6.1.5.5.7.3.2";

    public static void AddAuthority(CertificateRequest request, SpiffeId id, X509Certificate2? issuer = null)
    {
        // X509-SVID §4.1: an authority's own ID has no path.
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(id.ToString()));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, issuer is not null, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        AddKeyIdentifiers(request, issuer);
    }

    public static void AddLeaf(
        CertificateRequest request, X509Certificate2 issuer, SpiffeId? id, IReadOnlyList<string> dnsNames, IReadOnlyList<IPAddress> addresses)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (id is not null) names.AddUri(new Uri(id.ToString()));
        foreach (string name in dnsNames) names.AddDnsName(name);
        foreach (IPAddress address in addresses) names.AddIpAddress(address);

        // Critical, because the subject is empty (RFC 5280 §4.2.1.6).
        request.CertificateExtensions.Add(names.Build(critical: true));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuth), new Oid(ClientAuth)], critical: false));
        AddKeyIdentifiers(request, issuer);
    }

    public static bool MaySignCertificates(X509Certificate2 certificate)
        => certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority)
            && certificate.Extensions.OfType<X509KeyUsageExtension>().All(e => e.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign));

    private static void AddKeyIdentifiers(CertificateRequest request, X509Certificate2? issuer)
    {
        var subjectKey = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        request.CertificateExtensions.Add(subjectKey);
        X509SubjectKeyIdentifierExtension? issuerKey = issuer is null
            ? subjectKey
            : issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault();
        if (issuerKey is not null)
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuerKey));
    }
}
