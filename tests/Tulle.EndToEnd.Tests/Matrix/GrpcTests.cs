using System.Net;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>gRPC in all its forms, between two languages, through two sidecars.</summary>
public sealed class GrpcTests(MatrixMesh matrix) : IAsyncLifetime
{
    private RunningProcess? _node;
    private IPEndPoint? _nodeAddress;

    public static TheoryData<string, string, Hop> Cells => new()
    {
        { "dotnet", "dotnet", Hop.MutualTls }, { "dotnet", "dotnet", Hop.Plaintext },
        { "dotnet", "node", Hop.MutualTls }, { "dotnet", "node", Hop.Plaintext },
        { "node", "dotnet", Hop.MutualTls }, { "node", "dotnet", Hop.Plaintext },
        { "node", "node", Hop.MutualTls }, { "node", "node", Hop.Plaintext },
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Call_EveryKind_WorksAsWithoutAMesh(string client, string server, Hop hop)
    {
        if (server == "node") (_node, _nodeAddress) = await NodeServer.StartAsync();
        ProxyPair pair = await matrix.PairAsync(hop, "http2", _nodeAddress ?? matrix.Server.Http2);
        try
        {
            await CheckAsync(client, pair.Entry);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{exception.Message}\n{pair.Show()}", exception);
        }
        Assert.True(await pair.CarriesAsync(hop), "the hop is not what it should be");
    }

    [Fact]
    public async Task Checks_WithoutAMesh_Pass()
    {
        // What the cases expect is what gRPC does, not what the mesh makes of it.
        await CheckAsync("dotnet", matrix.Server.Http2);
        await CheckAsync("node", matrix.Server.Http2);
    }

    private static async Task CheckAsync(string client, IPEndPoint server)
    {
        if (client == "node")
        {
            CommandResult result = await NodeServer.RunClientAsync(server);
            Assert.True(result.ExitCode == 0, result.ToString());
            return;
        }
        using GrpcChecks checks = new(server);
        await checks.AllAsync();
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
    }
}
