using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Controllers;
using Tulle.ApiServer.Tests.Testing;

namespace Tulle.ApiServer.Tests.Controllers;

public sealed class EventExpiryTests
{
    [Fact]
    public async Task Start_OldEvents_AreRemovedAndNewOnesStay()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        await host.PostAsync("/api/v1/namespaces/default/events", Event("old", now - EventExpiry.Age - TimeSpan.FromMinutes(1)));
        await host.PostAsync("/api/v1/namespaces/default/events", Event("new", now));
        await host.RestartAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await host.GoneAsync("/api/v1/namespaces/default/events/old", limit.Token);
        Assert.Equal("new", (await host.GetAsync("/api/v1/namespaces/default/events/new"))["metadata"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Start_TooManyEvents_TheOldestGiveWay()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        const int Beyond = 3;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, EventExpiry.MaxEvents + Beyond), new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, _) => await host.PostAsync("/api/v1/namespaces/default/events", Event($"e{i}", now - TimeSpan.FromSeconds(i))));
        await host.RestartAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (int i = 0; i < Beyond; i++) await host.GoneAsync($"/api/v1/namespaces/default/events/e{EventExpiry.MaxEvents + i}", limit.Token);
        Assert.Equal((2_000, 2_000, Beyond), host.Server.Events);
        Assert.Equal(2_000, (await host.GetAsync("/api/v1/namespaces/default/events"))["items"]!.AsArray().Count);
    }

    private static string Event(string name, DateTimeOffset last) => new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["involvedObject"] = new JsonObject { ["kind"] = "Pod", ["name"] = "users-0", ["namespace"] = "default" },
        ["reason"] = "Started",
        ["message"] = "Started",
        ["type"] = "Normal",
        ["lastTimestamp"] = last.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    }.ToJsonString();
}
