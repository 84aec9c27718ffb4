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
