using System.Collections.Concurrent;
using System.Net;
using Tulle.EndToEnd.Tests.Matrix;
using Tulle.Testing;

[assembly: AssemblyFixture(typeof(MatrixMesh))]

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>The application and the pairs of sidecars in front of it, each started when a case needs it first.</summary>
public sealed class MatrixMesh : IAsyncLifetime
{
    private readonly ConcurrentDictionary<(Hop, string, IPEndPoint), Lazy<Task<ProxyPair>>> _pairs = new();
    private MeshAuthority? _authority;

    public TemporaryFolder Folder { get; } = new();

    public MatrixServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _authority = new MeshAuthority(Folder);
        Server = await MatrixServer.StartAsync();
    }

    /// <summary>The sidecars in front of the application's port of that protocol.</summary>
    public Task<ProxyPair> PairAsync(Hop hop, string protocol) => PairAsync(hop, protocol, protocol == "http2" ? Server.Http2 : Server.Http1);

    /// <summary>Sidecars in front of another application.</summary>
    public Task<ProxyPair> PairAsync(Hop hop, string protocol, IPEndPoint application) => _pairs.GetOrAdd(
        (hop, protocol, application),
        key => new(() => ProxyPair.StartAsync(Folder, _authority!, key.Item3, key.Item1, key.Item2))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<Task<ProxyPair>> pair in _pairs.Values)
        {
            if (pair.Value.IsCompletedSuccessfully) await (await pair.Value).DisposeAsync();
        }
        if (Server is not null) await Server.DisposeAsync();
        _authority?.Dispose();
        Folder.Dispose();
    }
}
