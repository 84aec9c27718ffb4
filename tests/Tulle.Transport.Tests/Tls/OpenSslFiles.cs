using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulle.Transport.Tests.Tls;

/// <summary>An authority and certificates, in memory and as files for the openssl command.</summary>
internal sealed class OpenSslFiles : IDisposable
{
    private readonly X509Certificate2 _anchor;

    public OpenSslFiles()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _anchor = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        File.WriteAllText(Path("ca.pem"), _anchor.ExportCertificatePem());
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("tulle-tls-").FullName;

    public string AnchorPem => _anchor.ExportCertificatePem();

    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>Issues a certificate with these URI names, and writes NAME.crt and NAME.key.</summary>
    public (string Chain, string Key) Issue(string name, params string[] uris)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        foreach (string uri in uris) names.AddUri(new Uri(uri));
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 leaf = request.Create(
            _anchor, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(30), RandomNumberGenerator.GetBytes(8));
        (string, string) pems = (leaf.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path(name + ".crt"), pems.Item1);
        File.WriteAllText(Path(name + ".key"), pems.Item2);
        return pems;
    }

    /// <summary>A handshake by the framework's client, with a certificate that was issued before.</summary>
    public async Task<SslStream> HandshakeAsync(Stream transport, string name, string protocol)
    {
        var stream = new SslStream(transport);
        using var own = X509Certificate2.CreateFromPemFile(Path(name + ".crt"), Path(name + ".key"));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ClientCertificates = [own],
            ApplicationProtocols = [new SslApplicationProtocol(protocol)],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { _anchor }, RevocationMode = X509RevocationMode.NoCheck,
            },
        });
        return stream;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
