using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class HistoryTests
{
    [Fact]
    public async Task History_AndLongWindows_AgreeWithStat()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.SeenAsync("deploy");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using var reports = new ReportStream(proxy);
        await reports.SendAsync(new TrafficDelta
        {
            Direction = Direction.Inbound,
            Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 },
            Route = "GET /",
            Requests = 40,
            Successes = 30,
            Failures = 10,
            OpenConnections = 2,
            BytesSent = 512,
            Indices = { (uint)LatencyBuckets.IndexOf(8_000) },
            Counts = { 40 },
        });

        // Requests come from the history, connections from what is live: two stores that hear of a report one after the other.
        JsonObject stat = await ItemAsync(
            mesh, "/namespaces/default/stat/deploy/users?window=1h", item => item["requests"]!.GetValue<long>() > 0 && item["tcpConnections"]!.GetValue<int>() > 0);
        Assert.Equal((40, 512, 2), (stat["requests"]!.GetValue<int>(), stat["bytesSent"]!.GetValue<int>(), stat["tcpConnections"]!.GetValue<int>()));
        foreach (string path in (string[])["deploy/users", "svc/users", "ns/default", "svc/users?route=GET%20/"])
        {
            JsonObject history = await ItemAsync(mesh, $"/history/{path}", item => Requests(item) > 0);
            Assert.Equal(40, Requests(history));
            JsonNode point = history["points"]!.AsArray().Single(point => point!["requests"]!.GetValue<int>() > 0)!;
            Assert.Equal(0.75, point["success"]!.GetValue<double>());
            Assert.Equal(4, point["rps"]!.GetValue<double>());
            Assert.InRange(point["latencyMs"]!["p99"]!.GetValue<double>(), 7.5, 9.1);
        }
        Assert.Equal(40, (await ItemAsync(mesh, "/routes/svc/users?window=1h", _ => true))["requests"]!.GetValue<int>());
        // Of a mesh this small everything but the last two seconds.
        JsonObject whole = await mesh.Client.GetRawAsync("/apis/insight.tulle.dev/v1/history/deploy/users");
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - whole["completeUntil"]!.GetValue<long>(), 2, 60);
    }

    [Theory]
    [InlineData("/history/deploy?start=tomorrow", "start \"tomorrow\" is no time")]
    [InlineData("/history/deploy?start=1", "more than seven days ago")]
    [InlineData("/history/deploy?step=15s", "step \"15s\" is no multiple of 10s")]
    [InlineData("/history/deploy?start=99999999999&end=1", "start is not before end")]
    [InlineData("/history/pods", "single pods are remembered for 10m")]
    [InlineData("/stat/pods?window=1h", "single pods are remembered for 10m")]
    public async Task History_CannotBeAnswered_SaysWhy(string path, string message)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        ApiStatusException error = await Assert.ThrowsAsync<ApiStatusException>(() => mesh.Client.GetRawAsync($"/apis/insight.tulle.dev/v1{path}"));
        Assert.Equal(400, error.Code);
        Assert.Contains(message, error.Message);
    }

    private static int Requests(JsonObject item) => item["points"]!.AsArray().Sum(point => point!["requests"]!.GetValue<int>());

    private static async Task<JsonObject> ItemAsync(TestMesh mesh, string path, Func<JsonObject, bool> until)
    {
        JsonObject? item = null;
        await Eventually.TrueAsync(
            async () =>
            {
                JsonObject answer = await mesh.Client.GetRawAsync($"/apis/insight.tulle.dev/v1{path}");
                item = (JsonObject?)answer["items"]!.AsArray().FirstOrDefault();
                return item is not null && until(item);
            },
            TestMesh.Patience, $"{path} shows the report", () => item?.ToJsonString() ?? "no item");
        return item!;
    }
}
