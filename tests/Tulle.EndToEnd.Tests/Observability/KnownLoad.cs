using Grpc.Core;
using Grpc.Net.Client;
using Tulle.EndToEnd.Tests.EchoGrpc;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Observability;

/// <summary>A load whose shape is known: how many answers of each status, how slow, which gRPC codes.</summary>
internal sealed class KnownLoad
{
    /// <summary>Of every trace that the load begins.</summary>
    public const string TraceId = "5af7651916cd43dd8448eb211c8031ff";

    public const int Fast = 200, Slow = 60, NotFound = 30, Broken = 20, Unreachable = 15, GrpcOk = 25, GrpcFailed = 10, Plaintext = 12;

    public const int FastMs = 60, SlowMs = 500;

    /// <summary>Requests to user-service through the mesh; beside them are the <see cref="Plaintext"/> ones, straight to a replica.</summary>
    public const int Users = Fast + Slow + NotFound + Broken;

    /// <summary>What each request to user-service took, as its client saw it.</summary>
    public List<TimeSpan> Took { get; } = [];

    public async Task SendAsync(EchoMesh echo)
    {
        await Task.WhenAll(
            HttpAsync(echo, "user-service", $"delay={FastMs}", 200, Fast, sampled: false),
            HttpAsync(echo, "user-service", $"delay={SlowMs}", 200, Slow, sampled: true),
            HttpAsync(echo, "user-service", "status=404", 404, NotFound, sampled: false),
            HttpAsync(echo, "user-service", "status=500", 500, Broken, sampled: false),
            HttpAsync(echo, "empty", "", 503, Unreachable, sampled: false),
            PlaintextAsync(echo),
            GrpcAsync());
    }

    private async Task HttpAsync(EchoMesh echo, string service, string behave, int status, int count, bool sampled)
    {
        await using LoadClient load = echo.Load("/", service);
        if (behave.Length > 0) load.Headers["x-behave"] = behave;
        if (sampled) load.Headers["traceparent"] = $"00-{TraceId}-00f067aa0ba902b7-01";
        IReadOnlyList<Sample> samples = await load.SendAsync(count, connections: 4);
        Assert.True(samples.All(sample => sample.Status == status), load.ToString());
        if (service != "user-service") return;
        lock (Took) Took.AddRange(samples.Select(sample => sample.Took));
    }

    private static async Task PlaintextAsync(EchoMesh echo)
    {
        await using LoadClient load = echo.Outsider(echo.Mesh.Replicas("user-service-v1")[0]);
        Assert.All(await load.SendAsync(Plaintext, connections: 2), sample => Assert.Equal(200, sample.Status));
    }

    private static async Task GrpcAsync()
    {
        using GrpcChannel channel = GrpcChannel.ForAddress($"http://{EchoMesh.Talker}");
        var client = new Echo.EchoClient(channel);
        DateTime soon = DateTime.UtcNow + TimeSpan.FromMinutes(1);
        for (int i = 0; i < GrpcOk; i++) await client.UnaryAsync(new Request { Text = "hello" }, deadline: soon);
        for (int i = 0; i < GrpcFailed; i++)
        {
            RpcException failure = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new Request { FailWith = (int)StatusCode.Internal }, deadline: soon));
            Assert.Equal(StatusCode.Internal, failure.StatusCode);
        }
    }

    /// <summary>The latency below which that share of the requests to user-service stayed, seconds.</summary>
    public double Quantile(double quantile)
    {
        TimeSpan[] sorted = [.. Took.Order()];
        return sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Length) - 1)].TotalSeconds;
    }
}
