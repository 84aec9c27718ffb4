using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Dashboard;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary><c>identities</c> and <c>status</c>.</summary>
public sealed class StatusTests
{
    [Fact]
    public async Task Identities_ProxyHasSaid_ShowsItsCertificate()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("web", "127.64.0.3");
        using TestProxy users = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using var reports = new ReportStream(users);
        await reports.SendAsync(new HealthReport { Certificate = new ProxyCertificate { SpiffeId = "spiffe://cluster.local/ns/default/sa/users", NotAfterUnix = 1_800_000_000, ObtainedUnix = 1_799_000_000 } });
        JsonObject answer = await AskAsync(mesh, "/identities", answer => answer["items"]![0]?["pods"]![0].Text("notAfter") is not null);
        Assert.Equal(ReferenceTests.Shape(ReferenceTests.Example("identities")), ReferenceTests.Shape(answer));
        Assert.Equal(["users", "web"], answer["items"]!.AsArray().Select(item => item.Text("serviceAccount")));
        Assert.StartsWith("2027-01-15T08:00:00", answer["items"]![0]!["pods"]![0].Text("notAfter"));
        Assert.Null(answer["items"]![1]!["pods"]![0].Text("notAfter"));
        Assert.Equal("cluster.local", answer.Text("trustDomain"));
    }

    [Fact]
    public async Task Status_ProxyRefuses_IsCounted()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using Browser browser = await Browser.OpenAsync(mesh);
        using EventSource events = await EventSource.OpenAsync(browser, "proxies");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using TestStream stream = await TestStream.OpenAsync(proxy);
        DiscoveryResponse trust = await stream.NextAsync();
        await stream.AcknowledgeAsync("trust", trust.Trust.Version);
        DiscoveryResponse inbound = await stream.NextAsync();
        await stream.AcknowledgeAsync("inbound", inbound.Inbound.Version, "no such thing");
        JsonObject answer = await AskAsync(mesh, "/status", answer => answer["proxies"]!["refused"]!.GetValue<int>() == 1);
        Assert.Equal(ReferenceTests.Shape(ReferenceTests.Example("status")), ReferenceTests.Shape(answer));
        Assert.Equal((1, 1, 0), (answer["proxies"]!["meshed"]!.GetValue<int>(), answer["proxies"]!["connected"]!.GetValue<int>(), answer["proxies"]!["inSync"]!.GetValue<int>()));

        await stream.AcknowledgeAsync("inbound", inbound.Inbound.Version);
        answer = await AskAsync(mesh, "/status", answer => answer["proxies"]!["inSync"]!.GetValue<int>() == 1);
        Assert.Equal("test", answer["proxies"]!["versions"]![0].Text("version"));
        Assert.Equal((1, 1), (answer["dashboard"]!["streams"]!.GetValue<int>(), answer["dashboard"]!["questions"]!.GetValue<int>()));
        Assert.All(answer["watches"]!.AsArray(), watch => Assert.Equal("", watch.Text("error")));
        Assert.Equal(1, answer["objects"]!["services"]!.GetValue<int>());
    }

    [Fact]
    public async Task Status_ApiServerIsAway_SaysSoUntilItIsBack()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser browser = await Browser.OpenAsync(mesh);
        await mesh.StopApiAsync();
        await WatchesAsync(browser, watch => watch.Text("error")!.Length > 0 && watch["failures"]!.GetValue<int>() > 0, "every watch has failed");
        await mesh.RestartApiAsync();
        await WatchesAsync(browser, watch => watch.Text("error")!.Length == 0 && watch["synced"]!.GetValue<bool>(), "every watch works again");
    }

    [Fact]
    public async Task Status_TooManySubscriptions_CountsTheHits()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using TestStream stream = await TestStream.OpenAsync(proxy);
        await stream.SubscribeAsync(new string('a', 300));
        await AskAsync(mesh, "/status", answer => answer["limits"]!.AsArray().Single(limit => limit.Text("name") == "subscriptionsOfOneProxy")!["hit"]!.GetValue<int>() == 1);
    }

    private static Task WatchesAsync(Browser browser, Predicate<JsonNode> all, string what)
    {
        JsonArray watches = [];
        return Eventually.TrueAsync(
            async () => (watches = (await browser.GetAsync("/api/insight/status"))["watches"]!.AsArray()).All(watch => all(watch!)), TestMesh.Patience, what, () => watches.ToJsonString());
    }

    private static async Task<JsonObject> AskAsync(TestMesh mesh, string path, Func<JsonObject, bool> until)
    {
        JsonObject answer = [];
        await Eventually.TrueAsync(
            async () => until(answer = await mesh.Client.GetRawAsync($"/apis/insight.tulle.dev/v1{path}")), TestMesh.Patience, $"{path} is as it should be", () => answer.ToJsonString());
        return answer;
    }
}
