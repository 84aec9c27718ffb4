using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Resilience;

namespace Tulle.Proxy.Tests.Health;

/// <summary>Active checks at the socket, on a manual clock.</summary>
public sealed class HealthCheckTests
{
    [Fact]
    public async Task Http_ThreeFailures_TakeTheEndpointOutAndASuccessPutsItBack()
    {
        int healthy = 1;
        using var server = new CountingServer((request, _) => request.StartLine.Contains("/healthz", StringComparison.Ordinal) && Volatile.Read(ref healthy) == 0
            ? CountingServer.Status(500)
            : TestServer.Ok("fine"));
        await using var scenario = new Scenario((_, backend) => backend.HealthCheck = Check("/healthz"), server.EndPoint);
        using TestPeer client = scenario.Connect();
        Assert.Equal("fine", client.Exchange(Scenario.Get).Body);
        await ChecksAsync(scenario, server, 2);
        TestMessage check = server.Requests.First(IsCheck);
        Assert.Equal(("GET /healthz HTTP/1.1", "app.test"), (check.StartLine, check.Header("host")));
        Assert.Equal("fine", client.Exchange(Scenario.Get).Body);

        Volatile.Write(ref healthy, 0);
        await ChecksAsync(scenario, server, 2);
        Assert.Equal("fine", client.Exchange(Scenario.Get).Body);
        await ChecksAsync(scenario, server, 2);
        await UntilAsync(scenario, client, status => status == 503);
        Assert.Equal("no-healthy-endpoints", client.Exchange(Scenario.Get).Header("tulle-error"));

        Volatile.Write(ref healthy, 1);
        await ChecksAsync(scenario, server, 1);
        await UntilAsync(scenario, client, status => status == 200);
    }

    [Fact]
    public async Task Tcp_NobodyListens_TakesTheEndpointOutWithoutARequest()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario((_, backend) => backend.HealthCheck = Check(""), config => config with { Loops = 2 }, RetryTests.Unused(), server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Exchange(Scenario.Get);
        await Testing.Eventually.TrueAsync(
            async () =>
            {
                await scenario.AdvanceAsync(1);
                return Failing(scenario) == 1;
            },
            Testing.Eventually.Patience,
            "one endpoint fails its checks");
        for (int i = 0; i < 10; i++) Assert.Equal("fine", client.Exchange(Scenario.Get).Body);
    }

    [Fact]
    public async Task Http_NoAnswer_IsAFailureAfterTheTimeout()
    {
        using var server = new CountingServer((request, _) => IsCheck(request) ? CountingServer.Silence : TestServer.Ok("fine"));
        await using var scenario = new Scenario((_, backend) => backend.HealthCheck = Check("/healthz"), server.EndPoint);
        using TestPeer client = scenario.Connect();
        Assert.Equal("fine", client.Exchange(Scenario.Get).Body);
        await UntilAsync(scenario, client, status => status == 503);
        Assert.InRange(server.Requests.Count(IsCheck), 3, 4);
    }

    private static HealthCheck Check(string path) => new()
    {
        Path = path, Authority = "app.test", IntervalMs = 10_000, TimeoutMs = 1_000, UnhealthyThreshold = 3, HealthyThreshold = 1,
    };

    private static bool IsCheck(TestMessage request) => request.StartLine.Contains("/healthz", StringComparison.Ordinal);

    private static int Failing(Scenario scenario) =>
        scenario.Destination.Backends[0].Endpoints.Count - scenario.Proxy.DataPlane.Shared.Backends.Single().Health.Usable(long.MaxValue / 2);

    /// <summary>Lets time pass until so many more checks were received.</summary>
    private static async Task ChecksAsync(Scenario scenario, CountingServer server, int count)
    {
        int before = server.Requests.Count(IsCheck);
        await Testing.Eventually.TrueAsync(
            async () =>
            {
                if (server.Requests.Count(IsCheck) - before >= count) return true;
                await scenario.AdvanceAsync(0.5);
                return false;
            },
            TimeSpan.FromSeconds(20),
            $"{count} checks are made");
    }

    private static Task UntilAsync(Scenario scenario, TestPeer client, Func<int, bool> status) => Testing.Eventually.TrueAsync(
        async () =>
        {
            await scenario.AdvanceAsync(0.5);
            return status(client.Exchange(Scenario.Get).Status);
        },
        TimeSpan.FromSeconds(20),
        "the answer changes");
}
