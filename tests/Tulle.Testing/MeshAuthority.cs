using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulle.Testing;

/// <summary>Files of one workload: what a standalone proxy is told for mutual TLS.</summary>
public sealed record WorkloadFiles(string Identity, string Certificate, string Key, string Anchors)
{
    public IReadOnlyList<string> Arguments => ["--certificate", Certificate, "--key", Key, "--trust-anchors", Anchors];
}

/// <summary>A certificate authority for one test, that writes PEM files.</summary>
public sealed class MeshAuthority : IDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly X509Certificate2 _anchor;
    private readonly string _anchors;

    public MeshAuthority(TemporaryFolder folder)
    {
        _folder = folder;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("O=cluster.local, CN=test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _anchor = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(6));
        _anchors = folder.Write("anchors.pem", _anchor.ExportCertificatePem());
    }

    /// <summary>A certificate for a service account of the namespace "test".</summary>
    public WorkloadFiles Issue(string account)
    {
        string identity = $"spiffe://cluster.local/ns/test/sa/{account}";
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=workload", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddUri(new Uri(identity));
        names.AddDnsName(account);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        using X509Certificate2 leaf = request.Create(
            _anchor, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddHours(5), RandomNumberGenerator.GetBytes(8));
        return new WorkloadFiles(
            identity, _folder.Write($"{account}.pem", leaf.ExportCertificatePem()), _folder.Write($"{account}.key", key.ExportPkcs8PrivateKeyPem()), _anchors);
    }

    public void Dispose() => _anchor.Dispose();
}
