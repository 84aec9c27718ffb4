using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Tulle.ControlPlane.Hosting;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Identity;
using Tulle.Kubernetes;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Authority;

public sealed class CertifyTests
{
    private const string SubjectAlternativeName = "2.5.29.17";

    private static readonly ResourcePath Issuer = ResourcePath.Of("", "v1", "secrets", "tulle-system", "tulle-identity-issuer");

    [Fact]
    public async Task Certify_TokenOfServiceAccount_NamesItWhateverTheRequestSays()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using var key = KeyPair.Create();
        byte[] csr = key.CreateSigningRequest(SpiffeId.Parse("spiffe://cluster.local/ns/kube-system/sa/admin"));

        CertifyResponse response = await proxy.Authority.CertifyAsync(new CertifyRequest { Csr = ByteString.CopyFrom(csr) }, proxy.Headers);

        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(Assert.Single(response.Chain).Span);
        string names = leaf.Extensions[SubjectAlternativeName]!.Format(multiLine: false);
        Assert.Equal("URI:spiffe://cluster.local/ns/default/sa/users", names);
        TimeSpan left = DateTimeOffset.FromUnixTimeSeconds(response.NotAfterUnix) - TimeProvider.System.GetUtcNow();
        Assert.InRange(left, TimeSpan.FromHours(23.9), TimeSpan.FromHours(24));
        Assert.True(Chains(leaf, response.AnchorsPem));
    }

    [Fact]
    public async Task Certify_RsaRequest_IsRefusedWithReason()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using var rsa = RSA.Create(2048);
        byte[] csr = new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest();

        RpcException error = await Assert.ThrowsAsync<RpcException>(
            async () => await proxy.Authority.CertifyAsync(new CertifyRequest { Csr = ByteString.CopyFrom(csr) }, proxy.Headers));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("P-256", error.Status.Detail);
    }

    [Theory]
    [InlineData("nonsense", "does not accept the token")]
    [InlineData("", "token is empty")]
    public async Task Certify_BadToken_IsUnauthenticated(string token, string reason)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using TestProxy proxy = await TestProxy.ConnectWithAsync(mesh, token);
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            async () => await proxy.Authority.CertifyAsync(new CertifyRequest(), proxy.Headers));
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.Contains(reason, error.Status.Detail);
    }

    [Fact]
    public async Task Certify_TokenForAnotherAudience_IsUnauthenticated()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy proxy = await TestProxy.ConnectWithAsync(mesh, await mesh.TokenAsync("users", "users-0", audience: "someone-else"));
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            async () => await proxy.Authority.CertifyAsync(new CertifyRequest(), proxy.Headers));
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    [Fact]
    public async Task Certify_AccountDeletedMeanwhile_IsUnauthenticatedAtOnce()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using var key = KeyPair.Create();
        var request = new CertifyRequest { Csr = ByteString.CopyFrom(key.CreateSigningRequest(SpiffeId.Parse("spiffe://cluster.local/ns/default/sa/users"))) };
        Assert.Single((await proxy.Authority.CertifyAsync(request, proxy.Headers)).Chain);

        await mesh.Client.DeleteAsync(ResourcePath.Of("", "v1", "serviceaccounts", "default", "users"));

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await proxy.Authority.CertifyAsync(request, proxy.Headers));
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    [Fact]
    public async Task Start_TwoControlPlanesAtOnce_ShareOneRoot()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.Client.DeleteAsync(Issuer);
        await mesh.AddServiceAsync("users", "127.64.0.2");
        ControlPlaneHost[] both = await Task.WhenAll(mesh.StartControlPlaneAsync(), mesh.StartControlPlaneAsync());
        try
        {
            // The client trusts what the ConfigMap says; both servers' certificates must chain to it.
            foreach (ControlPlaneHost controlPlane in both)
            {
                using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0", controlPlane.Url);
                using TestStream stream = await TestStream.OpenAsync(proxy);
                Assert.NotNull((await stream.NextAsync()).Trust);
            }
        }
        finally
        {
            foreach (ControlPlaneHost controlPlane in both) await controlPlane.DisposeAsync();
        }
    }

    [Fact]
    public async Task Start_IssuerSecretIsBroken_SaysWhichAndWhatToDo()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.Client.PatchAsync(Issuer, PatchKind.Merge, JsonNode.Parse("""{"data":{"tls.key":"bm8ga2V5"}}""")!);
        var error = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => mesh.StartControlPlaneAsync());
        Assert.Contains("tulle-system/tulle-identity-issuer", error.Message);
        Assert.Contains("tls.key", error.Message);
    }

    private static bool Chains(X509Certificate2 leaf, IEnumerable<string> anchors)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(string.Concat(anchors));
        return chain.Build(leaf);
    }
}
