using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tulle.Proxy.Discovery;

namespace Tulle.Proxy.Tests.Harness;

/// <summary>A certificate authority for one test.</summary>
internal sealed class TestAuthority
{
    private readonly X509Certificate2 _anchor;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _anchor = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }

    public string AnchorPem => _anchor.ExportCertificatePem();

    public static string IdOf(string account) => $"spiffe://cluster.local/ns/test/sa/{account}";

    /// <summary>A certificate for a service account.</summary>
    public WorkloadCertificate Issue(string account, string? id = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=workload", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        id ??= IdOf(account);
        names.AddUri(new Uri(id));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        using X509Certificate2 leaf = request.Create(_anchor, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(30), serial);
        return new WorkloadCertificate(leaf.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), AnchorPem, "cluster.local", id, leaf.NotAfter);
    }
}
