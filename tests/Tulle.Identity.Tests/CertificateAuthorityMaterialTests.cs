using System.Security.Cryptography;

namespace Tulle.Identity.Tests;

public sealed class CertificateAuthorityMaterialTests : IDisposable
{
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    [Fact]
    public void TryFromPem_OfSaved_IssuesForTheSameBundle()
    {
        using CertificateAuthorityMaterial made = CertificateAuthorityMaterial.CreateRoot("td", TimeProvider.System, _random);
        Assert.True(CertificateAuthorityMaterial.TryFromPem(made.ToCertificatePem(), made.ToKeyPem(), out CertificateAuthorityMaterial? loaded, out _));
        using (loaded)
        {
            Assert.True(loaded.IsRoot);
            Assert.Equal(TrustBundle.Of(made), TrustBundle.Of(loaded));
            using var key = KeyPair.Create();
            var issuer = new CertificateIssuer(loaded, TimeProvider.System, _random);
            Assert.True(issuer.TryIssue(key.CreateSigningRequest(), SpiffeId.Parse("spiffe://td/x"), null, out IssuedCertificate? issued, out _));
            using var leaf = issued.WithKey(key);
            Assert.Null(new PeerVerifier(TimeProvider.System).Verify(leaf, [], TrustBundle.Of(made), SpiffeId.Parse("spiffe://td/x")));
        }
    }

    [Fact]
    public void TryFromPem_MadeByOpenssl_IsTaken()
    {
        using var openssl = new Openssl();
        string key = openssl.Write("ca.key", ""), certificate = openssl.Write("ca.crt", "");
        Assert.Equal(0, openssl.Run("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key).ExitCode);
        Assert.Equal(0, openssl.Run("req", "-x509", "-new", "-key", key, "-subj", "/CN=root", "-days", "9", "-out", certificate).ExitCode);
        bool taken = CertificateAuthorityMaterial.TryFromPem(
            File.ReadAllText(certificate), File.ReadAllText(key), out CertificateAuthorityMaterial? material, out string? error);
        Assert.True(taken, error);
        material!.Dispose();
    }

    [Fact]
    public void TryFromPem_Intermediate_KeepsItsIssuers()
    {
        using CertificateAuthorityMaterial root = CertificateAuthorityMaterial.CreateRoot("td", TimeProvider.System, _random);
        using CertificateAuthorityMaterial made = root.CreateIntermediate("td", TimeProvider.System, _random);
        string withRoot = made.ToCertificatePem() + root.ToCertificatePem();
        Assert.True(CertificateAuthorityMaterial.TryFromPem(withRoot, made.ToKeyPem(), out CertificateAuthorityMaterial? loaded, out _));
        Assert.False(loaded.IsRoot);
        Assert.Equal(TrustBundle.Of(root), TrustBundle.Of(loaded));
        loaded.Dispose();
    }

    [Fact]
    public void TryFromPem_Unusable_NamesThePartAndTheReason()
    {
        using CertificateAuthorityMaterial one = CertificateAuthorityMaterial.CreateRoot("td", TimeProvider.System, _random);
        using CertificateAuthorityMaterial two = CertificateAuthorityMaterial.CreateRoot("td", TimeProvider.System, _random);
        using var key = KeyPair.Create();
        IssuedCertificate leaf = new CertificateIssuer(one, TimeProvider.System, _random).Issue(key, SpiffeId.Parse("spiffe://td/x"), [], []);

        Assert.Contains("do not belong together", Refusal(one.ToCertificatePem(), two.ToKeyPem()), StringComparison.Ordinal);
        Assert.Contains("tls.crt", Refusal("", two.ToKeyPem()), StringComparison.Ordinal);
        Assert.Contains("tls.key", Refusal(one.ToCertificatePem(), "nonsense"), StringComparison.Ordinal);
        Assert.Contains("may not sign", Refusal(leaf.ToPem(), key.ToPem()), StringComparison.Ordinal);
    }

    private static string Refusal(string certificate, string key)
    {
        Assert.False(CertificateAuthorityMaterial.TryFromPem(certificate, key, out _, out string? error));
        return error;
    }

    public void Dispose() => _random.Dispose();
}
