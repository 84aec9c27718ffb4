using System.Net;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Tests.Testing;

namespace Tulle.ApiServer.Tests.Controllers;

public sealed class CascadeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Start_NewDatabase_HasNamespacesAndTheirAccounts()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Assert.Equal(["default", "kube-system", "tulle-system"], Names(await host.GetAsync("/api/v1/namespaces")));
        await WaitAsync(async () => (await host.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default/serviceaccounts/default")).Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task DeleteNamespace_WithContent_EmptiesThenRemovesIt()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"shop"}}""");
        await host.PostAsync("/api/v1/namespaces/shop/configmaps", """{"metadata":{"name":"held","finalizers":["example.com/hold"]}}""");
        for (int i = 0; i < 5; i++) await host.PostAsync("/api/v1/namespaces/shop/configmaps", Samples.ConfigMap($"n{i}"));

        JsonObject terminating = await host.DeleteAsync("/api/v1/namespaces/shop");
        Assert.Equal("Terminating", terminating["status"]!["phase"]!.GetValue<string>());
        (HttpStatusCode status, JsonObject refused) = await host.SendAsync(HttpMethod.Post, "/api/v1/namespaces/shop/configmaps", Samples.ConfigMap("late"));
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal("NamespaceTerminating", refused["details"]!["causes"]![0]!["reason"]!.GetValue<string>());

        await WaitAsync(async () => Names(await host.GetAsync("/api/v1/namespaces/shop/configmaps")) is ["held"]);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/api/v1/namespaces/shop")).Status);
        await host.PatchAsync("/api/v1/namespaces/shop/configmaps/held", """{"metadata":{"finalizers":[]}}""", Samples.MergePatch);
        await host.GoneAsync("/api/v1/namespaces/shop", limit.Token);
    }

    [Fact]
    public async Task DeleteNamespace_ServerRestarts_GoesOn()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"shop"}}""");
        for (int i = 0; i < 50; i++) await host.PostAsync("/api/v1/namespaces/shop/configmaps", Samples.ConfigMap($"n{i}"));
        await host.DeleteAsync("/api/v1/namespaces/shop");
        await host.RestartAsync();
        await host.GoneAsync("/api/v1/namespaces/shop", limit.Token);
    }

    [Fact]
    public async Task Create_InNamespaceThatIsNot_IsNotFound()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        (HttpStatusCode status, JsonObject body) = await host.SendAsync(HttpMethod.Post, "/api/v1/namespaces/nowhere/configmaps", Samples.ConfigMap("a"));
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("namespaces \"nowhere\" not found", body["message"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync(HttpMethod.Delete, "/api/v1/namespaces/default")).Status);
    }

    [Fact]
    public async Task DeleteOwner_Background_CollectsWhatItOwnedDownTheLine()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync();
        await OwnAsync(host, "child", await CreateAsync(host, "owner"));
        await OwnAsync(host, "grandchild", await host.GetAsync(Samples.ConfigMaps + "/child"));
        await host.DeleteAsync(Samples.ConfigMaps + "/owner");
        await host.GoneAsync(Samples.ConfigMaps + "/grandchild", limit.Token);
    }

    [Fact]
    public async Task DeleteOwner_Orphan_KeepsWhatItOwned()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync();
        await OwnAsync(host, "child", await CreateAsync(host, "owner"));
        await host.DeleteAsync(Samples.ConfigMaps + "/owner", """{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Orphan"}""");
        await host.GoneAsync(Samples.ConfigMaps + "/owner", limit.Token);
        JsonObject child = await host.GetAsync(Samples.ConfigMaps + "/child");
        Assert.Empty(child["metadata"]!["ownerReferences"]?.AsArray() ?? []);
    }

    [Fact]
    public async Task DeleteOwner_Foreground_GoesLast()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync();
        await OwnAsync(host, "child", await CreateAsync(host, "owner"), held: true);
        JsonObject marked = await host.DeleteAsync(Samples.ConfigMaps + "/owner", """{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Foreground"}""");
        Assert.Equal("foregroundDeletion", marked["metadata"]!["finalizers"]![0]!.GetValue<string>());
        await WaitAsync(async () => (await host.GetAsync(Samples.ConfigMaps + "/child"))["metadata"]!["deletionTimestamp"] is not null);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, Samples.ConfigMaps + "/owner")).Status);
        await host.PatchAsync(Samples.ConfigMaps + "/child", """{"metadata":{"finalizers":null}}""", Samples.MergePatch);
        await host.GoneAsync(Samples.ConfigMaps + "/owner", limit.Token);
    }

    [Fact]
    public async Task Create_OwnerIsGone_IsCollected()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync();
        JsonObject owner = await CreateAsync(host, "owner");
        await host.DeleteAsync(Samples.ConfigMaps + "/owner");
        await OwnAsync(host, "late", owner);
        await host.GoneAsync(Samples.ConfigMaps + "/late", limit.Token);
    }

    private static Task<JsonObject> CreateAsync(ApiHost host, string name) => host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap(name));

    private static async Task OwnAsync(ApiHost host, string name, JsonObject owner, bool held = false)
    {
        var metadata = new JsonObject
        {
            ["name"] = name,
            ["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ConfigMap",
                ["name"] = owner["metadata"]!["name"]!.GetValue<string>(),
                ["uid"] = owner["metadata"]!["uid"]!.GetValue<string>(),
            }),
        };
        if (held) metadata["finalizers"] = new JsonArray("example.com/hold");
        await host.PostAsync(Samples.ConfigMaps, new JsonObject { ["metadata"] = metadata }.ToJsonString());
    }

    private static async Task WaitAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await holds()) limit.Token.ThrowIfCancellationRequested();
    }

    private static List<string> Names(JsonObject list) => [.. list["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.GetValue<string>())];
}
