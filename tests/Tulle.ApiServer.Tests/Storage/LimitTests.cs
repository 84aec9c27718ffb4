using System.Net.Sockets;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Storage;
using Tulle.ApiServer.Tests.Testing;

namespace Tulle.ApiServer.Tests.Storage;

public sealed class LimitTests
{
    [Fact]
    public async Task Write_QueueIsFull_IsTooManyRequests()
    {
        using var folder = new TemporaryFolder();
        await using var store = new ObjectStore(Path.Combine(folder.Path, "store.db"), new StoreLimits { PendingWrites = 1 });
        var accepted = new List<Task<WriteResult>>();
        int refused = 0;
        // Each flush to disk takes far longer than the loop takes to offer the next write.
        for (int i = 0; i < 10_000 && refused == 0; i++)
        {
            try
            {
                accepted.Add(store.WriteAsync(new WriteOperation(
                    new ResourceKey("", "configmaps", "default", $"n{i}"), (JsonObject)JsonNode.Parse(Samples.ConfigMap($"n{i}"))!, 0)));
            }
            catch (ApiException e)
            {
                Assert.Equal(429, e.Code);
                refused++;
            }
        }
        Assert.Equal(1, refused);
        Assert.All(await Task.WhenAll(accepted), result => Assert.Equal(WriteOutcome.Done, result.Outcome));
    }

    [Fact]
    public async Task Connect_AboveLimit_IsClosed()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var folder = new TemporaryFolder();
        await using KubernetesApiServer server = await KubernetesApiServer.StartAsync(new ApiServerOptions
        {
            DatabasePath = Path.Combine(folder.Path, "mesh.db"), AdminToken = ApiHost.AdminToken, MaxConnections = 2,
        });
        var address = new Uri(server.Url);
        var open = new List<TcpClient>();
        try
        {
            for (int i = 0; i < 3; i++)
            {
                var client = new TcpClient();
                open.Add(client);
                await client.ConnectAsync(address.Host, address.Port, limit.Token);
            }
            // One of the three is closed by the server; the others wait for a TLS hello.
            Task<int>[] reads = [.. open.Select(client => ReadAsync(client, limit.Token))];
            Assert.Equal(0, await await Task.WhenAny(reads));
        }
        finally
        {
            foreach (TcpClient client in open) client.Dispose();
        }
    }

    private static async Task<int> ReadAsync(TcpClient client, CancellationToken cancellation)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[1], cancellation);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
