using Tulle.ControlPlane.Tests.Hosting;

namespace Tulle.ControlPlane.Tests.Distribution;

/// <summary>A mesh with one service, and the discovery stream of its first replica's proxy.</summary>
internal sealed class OneService : IAsyncDisposable
{
    private readonly TestProxy _proxy;

    private OneService(TestMesh mesh, TestProxy proxy, TestStream stream) => (Mesh, _proxy, Stream) = (mesh, proxy, stream);

    public TestMesh Mesh { get; }

    public TestStream Stream { get; }

    public static async Task<OneService> StartAsync(string service, params string[] addresses)
    {
        TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync(service, addresses);
        TestProxy proxy = await TestProxy.ConnectAsync(mesh, service, $"{service}-0");
        return new OneService(mesh, proxy, await TestStream.OpenAsync(proxy));
    }

    public void Deconstruct(out TestMesh mesh, out TestStream stream) => (mesh, stream) = (Mesh, Stream);

    public async ValueTask DisposeAsync()
    {
        Stream.Dispose();
        _proxy.Dispose();
        await Mesh.DisposeAsync();
    }
}
