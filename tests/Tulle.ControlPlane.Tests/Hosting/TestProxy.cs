using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Tulle.Kubernetes;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Hosting;

/// <summary>A proxy's side of the control plane's services, over real TLS with the mesh's anchors.</summary>
internal sealed class TestProxy : IDisposable
{
    private readonly GrpcChannel _channel;

    private TestProxy(GrpcChannel channel, string token)
    {
        _channel = channel;
        Headers = new Metadata { { "authorization", $"Bearer {token}" } };
    }

    public Metadata Headers { get; }

    public Discovery.DiscoveryClient Discovery => new(_channel);

    public CertificateAuthority.CertificateAuthorityClient Authority => new(_channel);

    public Protocol.Insight.InsightClient Insight => new(_channel);

    /// <summary>Connects as a service account, with the anchors from the published ConfigMap.</summary>
    public static async Task<TestProxy> ConnectAsync(TestMesh mesh, string serviceAccount, string? pod, Uri? url = null) =>
        await ConnectWithAsync(mesh, await mesh.TokenAsync(serviceAccount, pod), url);

    public static async Task<TestProxy> ConnectWithAsync(TestMesh mesh, string token, Uri? url = null)
    {
        var map = await mesh.Client.GetAsync(ResourcePath.Of("", "v1", "configmaps", "tulle-system", "tulle-trust-anchors"));
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(map["data"].Text("anchors.pem"));
        var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } };
        return new TestProxy(
            GrpcChannel.ForAddress(url ?? mesh.ControlPlane.Url, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true }), token);
    }

    public void Dispose() => _channel.Dispose();
}
