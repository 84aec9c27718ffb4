using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Tulle.Identity;
using Tulle.Protocol;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Identity;
using Tulle.Proxy.Tests.Hosting;
using Tulle.Testing;
using TrustBundleMessage = Tulle.Protocol.TrustBundle;

namespace Tulle.Proxy.Tests.Identity;

public sealed class IdentityClientTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RecordingDataPlane _dataPlane = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TestLog _log = new();
    private FakeControlPlane _plane = null!;
    private ControlPlaneChannel _channel = null!;
    private IdentityClient _client = null!;
    private Task _running = Task.CompletedTask;

    [Fact]
    public async Task Run_Certificate_IsObtainedAndUsable()
    {
        Start();
        await HasCertificatesAsync(1);
        WorkloadCertificate certificate = _dataPlane.Certificates.First();
        Assert.Equal(FakeControlPlane.WorkloadId.ToString(), certificate.SpiffeId);
        Assert.Equal("cluster.local", certificate.TrustDomain);
        Assert.Equal(certificate.NotAfter, _client.State.NotAfter);
        Assert.True(certificate.NotAfter > DateTimeOffset.UtcNow.AddHours(23));

        using var pair = X509Certificate2.CreateFromPem(certificate.ChainPem, certificate.KeyPem);
        Assert.Null(new PeerVerifier(TimeProvider.System).Verify(
            pair, [], Tulle.Identity.TrustBundle.Parse(certificate.AnchorsPem), FakeControlPlane.WorkloadId));
        Assert.DoesNotContain("PRIVATE", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AuthorityFailsFirst_TriesUntilItHasOne()
    {
        int calls = 0;
        _plane.Certify = request => Interlocked.Increment(ref calls) < 3
            ? throw new RpcException(new Status(StatusCode.Unavailable, "not yet"))
            : _plane.Issue(request, FakeControlPlane.WorkloadId);
        Start();
        await HasCertificatesAsync(1);
        Assert.Equal(3, calls);
        Assert.Equal("", _client.State.LastError);
    }

    [Fact]
    public async Task Run_ShortLifetime_IsRenewedInTimeWithFreshKey()
    {
        // Long enough that a busy machine has renewed it in the last three tenths.
        _plane.CertificateLifetime = TimeSpan.FromSeconds(10);
        Start();
        await HasCertificatesAsync(2);
        WorkloadCertificate[] certificates = [.. _dataPlane.Certificates];
        Assert.NotEqual(certificates[0].KeyPem, certificates[1].KeyPem);
        Assert.True(certificates[1].NotAfter > certificates[0].NotAfter);
        Assert.True(_client.State.RefreshedAt < certificates[0].NotAfter, "renewed before the first one ended");
        Assert.Equal(2, _client.State.Refreshes);
    }

    [Theory]
    [InlineData("other key")]
    [InlineData("other root")]
    [InlineData("no chain")]
    [InlineData("broken")]
    public async Task Run_BadAnswer_IsRefusedWithReason(string kind)
    {
        using var random = RandomNumberGenerator.Create();
        using var key = KeyPair.Create();
        using var otherRoot = CertificateAuthorityMaterial.CreateRoot("cluster.local", TimeProvider.System, random);
        _plane.Certify = request =>
        {
            CertifyResponse response = _plane.Issue(
                kind == "other key" ? new CertifyRequest { Csr = Google.Protobuf.ByteString.CopyFrom(key.CreateSigningRequest()) } : request,
                FakeControlPlane.WorkloadId);
            if (kind == "no chain") response.Chain.Clear();
            if (kind == "broken") response.Chain[0] = Google.Protobuf.ByteString.CopyFrom([1, 2, 3]);
            if (kind == "other root")
            {
                response.AnchorsPem.Clear();
                response.AnchorsPem.AddRange(Tulle.Identity.TrustBundle.Of(otherRoot).ToPems());
            }

            return response;
        };
        Start();
        await Eventually.TrueAsync(() => _client.State.LastError.Length > 0, Patience, "the answer is refused");
        string expected = kind switch { "other key" => "another key", "other root" => "trust anchor", "no chain" => "no certificate", _ => "broken" };
        Assert.Contains(expected, _client.State.LastError, StringComparison.Ordinal);
        Assert.Empty(_dataPlane.Certificates);
    }

    [Fact]
    public async Task TakeTrust_NewAnchors_AreInForceAtOnceWithTheSameCertificate()
    {
        Start();
        await HasCertificatesAsync(1);
        using var random = RandomNumberGenerator.Create();
        using var next = CertificateAuthorityMaterial.CreateRoot("cluster.local", TimeProvider.System, random);
        var both = Tulle.Identity.TrustBundle.Of(_plane.Authority).Union(Tulle.Identity.TrustBundle.Of(next));

        Assert.Null(_client.TakeTrust(Message(both)));
        Assert.Equal(2, _dataPlane.Certificates.Count);
        Assert.Equal(_dataPlane.Certificates.First().KeyPem, _dataPlane.Certificates.Last().KeyPem);
        Assert.Equal(both, Tulle.Identity.TrustBundle.Parse(_dataPlane.Certificates.Last().AnchorsPem));
        Assert.Equal(both, _channel.ReceivedAnchors);
        Assert.Equal(2, _client.State.Anchors);

        // The same again changes nothing.
        Assert.Null(_client.TakeTrust(Message(both)));
        Assert.Equal(2, _dataPlane.Certificates.Count);
    }

    [Fact]
    public async Task TakeTrust_OwnRootGone_RenewsAtOnce()
    {
        Start();
        await HasCertificatesAsync(1);
        using var random = RandomNumberGenerator.Create();
        using var old = _plane.Authority;
        _plane.Authority = CertificateAuthorityMaterial.CreateRoot("cluster.local", TimeProvider.System, random);
        Assert.Null(_client.TakeTrust(Message(Tulle.Identity.TrustBundle.Of(_plane.Authority))));
        await Eventually.TrueAsync(() => _client.State.Refreshes == 2, Patience, "the certificate is renewed", () => _log.Text);
    }

    [Fact]
    public async Task TakeTrust_OtherTrustDomainOrGarbage_IsRefused()
    {
        Start();
        await HasCertificatesAsync(1);
        TrustBundleMessage other = Message(Tulle.Identity.TrustBundle.Of(_plane.Authority));
        other.TrustDomain = "example.org";
        Assert.Contains("example.org", _client.TakeTrust(other), StringComparison.Ordinal);
        Assert.Contains("no PEM certificate", _client.TakeTrust(new TrustBundleMessage { AnchorsPem = { "x" } }), StringComparison.Ordinal);
        Assert.Single(_dataPlane.Certificates);
    }

    public async ValueTask InitializeAsync() => _plane = await FakeControlPlane.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _channel.Dispose();
        await _plane.DisposeAsync();
    }

    private void Start()
    {
        _channel = new ControlPlaneChannel(_plane.Config(), TimeProvider.System);
        _client = new IdentityClient(
            new ControlPlaneAuthority(_channel, TimeProvider.System), _dataPlane, anchors => _channel.ReceivedAnchors = anchors,
            TimeProvider.System, () => 0.5, _log.Log);
        _running = _client.RunAsync(_stop.Token);
    }

    private Task HasCertificatesAsync(int count)
        => Eventually.TrueAsync(() => _client.State.Refreshes >= count, Patience, $"{count} certificate(s) are there", () => _log.Text);

    private static TrustBundleMessage Message(Tulle.Identity.TrustBundle bundle)
    {
        var message = new TrustBundleMessage { Version = 2, TrustDomain = "cluster.local" };
        message.AnchorsPem.AddRange(bundle.ToPems());
        return message;
    }
}
