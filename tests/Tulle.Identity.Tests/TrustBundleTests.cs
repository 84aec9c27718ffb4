using System.Security.Cryptography;

namespace Tulle.Identity.Tests;

public sealed class TrustBundleTests : IDisposable
{
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    [Fact]
    public void Parse_OfPem_IsEqualWhateverTheOrder()
    {
        TrustBundle one = Root(), two = Root();
        TrustBundle forward = TrustBundle.Parse("# comment\n" + one.ToPem() + "\n" + two.ToPem());
        TrustBundle backward = TrustBundle.Parse(two.ToPem() + one.ToPem() + one.ToPem());
        Assert.Equal(forward, backward);
        Assert.Equal(forward.GetHashCode(), backward.GetHashCode());
        Assert.Equal(forward, one.Union(two));
        Assert.Equal(2, forward.Count);
        Assert.NotEqual(one, two);
        Assert.Equal(forward.ToPem(), backward.ToPem());
    }

    [Fact]
    public void TryParse_Unusable_SaysWhy()
    {
        using var key = KeyPair.Create();
        string pem = Root().ToPem();
        Assert.Contains("no PEM certificate", Refusal("hello"), StringComparison.Ordinal);
        Assert.Contains("PRIVATE KEY", Refusal(key.ToPem()), StringComparison.Ordinal);
        Assert.Contains("number 1", Refusal("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), StringComparison.Ordinal);
        Assert.Contains("after certificate number 1", Refusal(pem + "-----BEGIN CERTIFICATE-----\nAA"), StringComparison.Ordinal);
        Assert.Contains("more than 64", Refusal(string.Concat(Enumerable.Repeat(pem, 65))), StringComparison.Ordinal);
    }

    private static string Refusal(string pem)
    {
        Assert.False(TrustBundle.TryParse(pem, out _, out string? error));
        return error;
    }

    private TrustBundle Root() => TrustBundle.Of(CertificateAuthorityMaterial.CreateRoot("td", TimeProvider.System, _random));

    public void Dispose() => _random.Dispose();
}
