using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulle.Identity.Tests;

public sealed class CertificateIssuerTests : IDisposable
{
    private static readonly SpiffeId Workload = SpiffeId.ForServiceAccount("cluster.local", "shop", "user-service");

    private readonly Openssl _openssl = new();
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly CertificateAuthorityMaterial _root;
    private readonly CertificateIssuer _issuer;

    public CertificateIssuerTests()
    {
        _root = CertificateAuthorityMaterial.CreateRoot("cluster.local", TimeProvider.System, _random);
        _issuer = new CertificateIssuer(_root, TimeProvider.System, _random);
    }

    [Theory]
    [InlineData("sslserver")]
    [InlineData("sslclient")]
    public void TryIssue_RequestOfWorkload_OpensslAcceptsChain(string purpose)
    {
        using var key = KeyPair.Create();
        Assert.True(_issuer.TryIssue(key.CreateSigningRequest(Workload), Workload, null, out IssuedCertificate? issued, out _));

        string anchors = _openssl.Write("anchors.pem", TrustBundle.Of(_root).ToPem());
        string leaf = _openssl.Write("leaf.pem", issued.ToPem());
        (int exit, string output) = _openssl.Run("verify", "-x509_strict", "-purpose", purpose, "-CAfile", anchors, leaf);
        Assert.True(exit == 0, output);

        string text = _openssl.Run("x509", "-in", leaf, "-noout", "-text").Output;
        Assert.Contains("URI:spiffe://cluster.local/ns/shop/sa/user-service", text, StringComparison.Ordinal);
        Assert.Contains("CA:FALSE", text, StringComparison.Ordinal);
        Assert.Contains("prime256v1", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TryIssue_FromIntermediate_ChainCarriesItAndOpensslAccepts()
    {
        using CertificateAuthorityMaterial intermediate = _root.CreateIntermediate("cluster.local", TimeProvider.System, _random);
        var issuer = new CertificateIssuer(intermediate, TimeProvider.System, _random);
        using var key = KeyPair.Create();
        Assert.True(issuer.TryIssue(key.CreateSigningRequest(), Workload, null, out IssuedCertificate? issued, out _));

        Assert.Equal(2, issued.Chain.Count);
        string anchors = _openssl.Write("anchors.pem", TrustBundle.Of(_root).ToPem());
        string chain = _openssl.Write("chain.pem", issued.ToPem());
        (int exit, string output) = _openssl.Run("verify", "-x509_strict", "-CAfile", anchors, "-untrusted", chain, chain);
        Assert.True(exit == 0, output);
    }

    [Fact]
    public void CreateSigningRequest_IsValidForOpenssl()
    {
        using var key = KeyPair.Create();
        string csr = _openssl.Write("csr.der", key.CreateSigningRequest(Workload));
        (int exit, string output) = _openssl.Run("req", "-inform", "DER", "-in", csr, "-verify", "-noout", "-text");
        Assert.True(exit == 0, output);
        Assert.Contains("URI:" + Workload, output, StringComparison.Ordinal);
    }

    [Fact]
    public void TryIssue_NamesInRequest_AreIgnored()
    {
        using var key = KeyPair.Create();
        byte[] csr = key.CreateSigningRequest(SpiffeId.ForServiceAccount("cluster.local", "kube-system", "admin"));
        Assert.True(_issuer.TryIssue(csr, Workload, null, out IssuedCertificate? issued, out _));
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(issued.Chain[0]);
        Assert.Equal(Workload, PeerVerifier.SpiffeIdOf(leaf, out _));
    }

    [Fact]
    public void TryIssue_OtherKeysAndGarbage_AreRefusedWithReason()
    {
        using var rsa = RSA.Create(2048);
        byte[] rsaRequest = new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest();
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        byte[] p384Request = new CertificateRequest("CN=x", p384, HashAlgorithmName.SHA256).CreateSigningRequest();
        using var key = KeyPair.Create();
        byte[] forged = key.CreateSigningRequest(Workload);
        forged[^1] ^= 1;

        Assert.Contains("P-256", Refusal(rsaRequest), StringComparison.Ordinal);
        Assert.Contains("P-256", Refusal(p384Request), StringComparison.Ordinal);
        Assert.Contains("PKCS#10", Refusal(forged), StringComparison.Ordinal);
        Assert.Contains("PKCS#10", Refusal([1, 2, 3]), StringComparison.Ordinal);
        Assert.Contains("4096", Refusal(new byte[CertificateIssuer.MaxRequestLength + 1]), StringComparison.Ordinal);
    }

    [Fact]
    public void TryIssue_Validity_StartsBeforeNowAndNeverOutlivesAuthority()
    {
        var clock = new FixedClock(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using CertificateAuthorityMaterial root = CertificateAuthorityMaterial.CreateRoot("td", clock, _random, TimeSpan.FromHours(30));
        var issuer = new CertificateIssuer(root, clock, _random);
        using var key = KeyPair.Create();

        Assert.True(issuer.TryIssue(key.CreateSigningRequest(), Workload, null, out IssuedCertificate? first, out _));
        Assert.Equal(clock.Now.AddHours(24), first.NotAfter);
        Assert.Equal(clock.Now.AddSeconds(-20), first.NotBefore);

        clock.Now = clock.Now.AddHours(20);
        Assert.True(issuer.TryIssue(key.CreateSigningRequest(), Workload, null, out IssuedCertificate? second, out _));
        Assert.Equal(root.NotAfter, second.NotAfter);
    }

    [Fact]
    public void Issue_Server_OpensslChecksHostAndAddress()
    {
        using var key = KeyPair.Create();
        IssuedCertificate issued = _issuer.Issue(
            key, SpiffeId.ForServiceAccount("cluster.local", "tulle-system", "tulle-control-plane"), ["localhost"], [IPAddress.Loopback]);
        string anchors = _openssl.Write("anchors.pem", TrustBundle.Of(_root).ToPem());
        string leaf = _openssl.Write("leaf.pem", issued.ToPem());
        Assert.Equal(0, _openssl.Run("verify", "-CAfile", anchors, "-verify_ip", "127.0.0.1", leaf).ExitCode);
        Assert.Equal(0, _openssl.Run("verify", "-CAfile", anchors, "-verify_hostname", "localhost", leaf).ExitCode);
        Assert.NotEqual(0, _openssl.Run("verify", "-CAfile", anchors, "-verify_hostname", "example.org", leaf).ExitCode);
        Assert.Throws<ArgumentException>(() => _issuer.Issue(key, null, [], []));
    }

    [Fact]
    public void Issue_SerialNumbers_AreUniqueAndPositive()
    {
        using var key = KeyPair.Create();
        var serials = new HashSet<string>();
        for (int i = 0; i < 50; i++)
        {
            using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(_issuer.Issue(key, Workload, [], []).Chain[0]);
            Assert.True(leaf.SerialNumberBytes.Span[0] < 0x80);
            Assert.Equal(16, leaf.SerialNumberBytes.Length);
            Assert.True(serials.Add(leaf.SerialNumber));
        }
    }

    private string Refusal(byte[] request)
    {
        Assert.False(_issuer.TryIssue(request, Workload, null, out _, out string? error));
        return error;
    }

    public void Dispose()
    {
        _root.Dispose();
        _random.Dispose();
        _openssl.Dispose();
    }
}
