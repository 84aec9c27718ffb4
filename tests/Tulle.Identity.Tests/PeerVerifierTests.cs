using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulle.Identity.Tests;

public sealed class PeerVerifierTests : IDisposable
{
    private static readonly SpiffeId Id = SpiffeId.Parse("spiffe://td/ns/a/sa/b");

    private readonly FixedClock _clock = new(new DateTimeOffset(2031, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly KeyPair _key = KeyPair.Create();
    private readonly CertificateAuthorityMaterial _root;
    private readonly PeerVerifier _verifier;

    public PeerVerifierTests()
    {
        _root = CertificateAuthorityMaterial.CreateRoot("td", _clock, _random);
        _verifier = new PeerVerifier(_clock);
    }

    [Fact]
    public void Verify_RightChainAndId_IsAccepted() => Assert.Null(_verifier.Verify(Leaf(Id), [], TrustBundle.Of(_root), Id));

    [Fact]
    public void Verify_AnyId_IsAccepted() => Assert.Null(_verifier.Verify(Leaf(Id), [], TrustBundle.Of(_root), null));

    [Fact]
    public void Verify_ThroughIntermediate_NeedsIt()
    {
        using CertificateAuthorityMaterial intermediate = _root.CreateIntermediate("td", _clock, _random);
        IssuedCertificate issued = new CertificateIssuer(intermediate, _clock, _random).Issue(_key, Id, [], []);
        using X509Certificate2 leaf = issued.WithKey(_key);
        Assert.Null(_verifier.Verify(leaf, issued.Intermediates(), TrustBundle.Of(_root), Id));
        Assert.Contains("trust anchor", _verifier.Verify(leaf, [], TrustBundle.Of(_root), Id), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_DuringRotation_BothRootsAreTrusted()
    {
        using CertificateAuthorityMaterial next = CertificateAuthorityMaterial.CreateRoot("td", _clock, _random);
        TrustBundle both = TrustBundle.Of(_root).Union(TrustBundle.Of(next));
        using X509Certificate2 fromNext = new CertificateIssuer(next, _clock, _random).Issue(_key, Id, [], []).WithKey(_key);
        Assert.Null(_verifier.Verify(Leaf(Id), [], both, Id));
        Assert.Null(_verifier.Verify(fromNext, [], both, Id));
        Assert.Contains("trust anchor", _verifier.Verify(fromNext, [], TrustBundle.Of(_root), Id), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_OtherId_NamesBoth()
    {
        string? error = _verifier.Verify(Leaf(SpiffeId.Parse("spiffe://td/ns/a/sa/evil")), [], TrustBundle.Of(_root), Id);
        Assert.Contains("spiffe://td/ns/a/sa/evil", error, StringComparison.Ordinal);
        Assert.Contains(Id.ToString(), error, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_Expired_SaysSo()
    {
        X509Certificate2 leaf = Leaf(Id);
        _clock.Now = _clock.Now.AddHours(25);
        Assert.Contains("expired", _verifier.Verify(leaf, [], TrustBundle.Of(_root), Id), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_NoSpiffeId_IsRefused()
    {
        using X509Certificate2 leaf = new CertificateIssuer(_root, _clock, _random).Issue(_key, null, ["td"], []).WithKey(_key);
        Assert.Contains("no SPIFFE ID", _verifier.Verify(leaf, [], TrustBundle.Of(_root), null), StringComparison.Ordinal);
    }

    [Fact]
    public void SpiffeIdOf_TwoUriNames_IsRefused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("spiffe://td/a"));
        names.AddUri(new Uri("spiffe://td/b"));
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(_clock.Now, _clock.Now.AddHours(1));
        Assert.Null(PeerVerifier.SpiffeIdOf(certificate, out string? error));
        Assert.Contains("more than one", error, StringComparison.Ordinal);
    }

    private X509Certificate2 Leaf(SpiffeId id) => new CertificateIssuer(_root, _clock, _random).Issue(_key, id, ["td"], []).WithKey(_key);

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
        _random.Dispose();
    }
}
