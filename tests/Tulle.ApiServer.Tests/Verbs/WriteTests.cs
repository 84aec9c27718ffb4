using System.Net;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Tests.Testing;

namespace Tulle.ApiServer.Tests.Verbs;

public sealed class WriteTests
{
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";

    [Fact]
    public async Task Create_Object_GetsIdentityAndDefaults()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonObject service = await host.PostAsync(Samples.Services, """{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}]}}""");
        Assert.Equal("Service", service["kind"]!.GetValue<string>());
        Assert.NotEmpty(service["metadata"]!["uid"]!.GetValue<string>());
        Assert.Equal("default", service["metadata"]!["namespace"]!.GetValue<string>());
        Assert.Equal("TCP", service["spec"]!["ports"]![0]!["protocol"]!.GetValue<string>());
        Assert.Equal(80, service["spec"]!["ports"]![0]!["targetPort"]!.GetValue<int>());
        (HttpStatusCode status, JsonObject again) = await host.SendAsync(HttpMethod.Post, Samples.Services, """{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}]}}""");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("services \"s\" already exists", again["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task Create_GenerateName_CompletesIt()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonObject a = await host.PostAsync(Samples.ConfigMaps, """{"metadata":{"generateName":"c-"}}""");
        JsonObject b = await host.PostAsync(Samples.ConfigMaps, """{"metadata":{"generateName":"c-"}}""");
        Assert.Matches("^c-[a-z0-9]{5}$", a["metadata"]!["name"]!.GetValue<string>());
        Assert.NotEqual(a["metadata"]!["name"]!.GetValue<string>(), b["metadata"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Update_OldVersion_IsConflict()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonObject first = await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a"));
        await host.PatchAsync(Samples.ConfigMaps + "/a", """{"data":{"value":"2"}}""", Samples.MergePatch);
        first["data"]!["value"] = "3";
        (HttpStatusCode status, JsonObject body) = await host.SendAsync(HttpMethod.Put, Samples.ConfigMaps + "/a", first.ToJsonString());
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("Conflict", body["reason"]!.GetValue<string>());
        Assert.Contains("the object has been modified", body["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patch_ManyAtOnce_LosesNone()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a"));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => host.PatchAsync(Samples.ConfigMaps + "/a", $$$"""{"data":{"k{{{i}}}":"v"}}""", Samples.MergePatch)));
        JsonObject merged = await host.GetAsync(Samples.ConfigMaps + "/a");
        for (int i = 0; i < 4; i++) Assert.Equal("v", merged["data"]![$"k{i}"]!.GetValue<string>());
    }

    [Fact]
    public async Task Write_Unchanged_KeepsItsVersion()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonObject first = await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a"));
        JsonObject second = await host.PutAsync(Samples.ConfigMaps + "/a", Samples.ConfigMap("a"));
        Assert.Equal(Version(first), Version(second));
    }

    [Fact]
    public async Task Write_Spec_RaisesGenerationAndStatusDoesNot()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync(Deployments, Samples.Deployment("d"));
        JsonObject status = await host.PatchAsync(Deployments + "/d/status", """{"spec":{"replicas":9},"status":{"replicas":2}}""", Samples.MergePatch);
        Assert.Equal(1, status["metadata"]!["generation"]!.GetValue<int>());
        Assert.Equal(2, status["spec"]!["replicas"]!.GetValue<int>());
        Assert.Equal(2, status["status"]!["replicas"]!.GetValue<int>());
        JsonObject spec = await host.PatchAsync(Deployments + "/d", """{"spec":{"replicas":3},"status":{"replicas":7}}""", Samples.MergePatch);
        Assert.Equal(2, spec["metadata"]!["generation"]!.GetValue<int>());
        Assert.Equal(2, spec["status"]!["replicas"]!.GetValue<int>());
    }

    [Fact]
    public async Task Write_DryRun_ChangesNothing()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync(Samples.ConfigMaps + "?dryRun=All", Samples.ConfigMap("a"));
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync(HttpMethod.Get, Samples.ConfigMaps + "/a")).Status);
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a"));
        await host.DeleteAsync(Samples.ConfigMaps + "/a?dryRun=All");
        JsonObject tried = await host.PatchAsync(Samples.ConfigMaps + "/a?dryRun=All", """{"data":{"value":"2"}}""", Samples.MergePatch);
        Assert.Equal("2", tried["data"]!["value"]!.GetValue<string>());
        Assert.Equal("1", (await host.GetAsync(Samples.ConfigMaps + "/a"))["data"]!["value"]!.GetValue<string>());
    }

    [Fact]
    public async Task Delete_Preconditions_AreHeld()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a"));
        const string other = """{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"other"}}""";
        Assert.Equal(HttpStatusCode.Conflict, (await host.SendAsync(HttpMethod.Delete, Samples.ConfigMaps + "/a", other)).Status);
        JsonObject deleted = await host.DeleteAsync(Samples.ConfigMaps + "/a");
        Assert.Equal("Success", deleted["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Delete_WithFinalizer_WaitsForIt()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync(Samples.ConfigMaps, """{"metadata":{"name":"a","finalizers":["example.com/wait"]}}""");
        JsonObject marked = await host.DeleteAsync(Samples.ConfigMaps + "/a");
        Assert.NotNull(marked["metadata"]!["deletionTimestamp"]);
        await host.PatchAsync(Samples.ConfigMaps + "/a", """{"metadata":{"finalizers":null}}""", Samples.MergePatch);
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync(HttpMethod.Get, Samples.ConfigMaps + "/a")).Status);
    }

    [Fact]
    public async Task DeleteCollection_Selector_DeletesOnlyMatches()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a", labels: """{"app":"x"}"""));
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("b"));
        await host.DeleteAsync(Samples.ConfigMaps + "?labelSelector=app%3Dx");
        JsonObject left = await host.GetAsync(Samples.ConfigMaps);
        Assert.Equal("b", Assert.Single(left["items"]!.AsArray())!["metadata"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Apply_ServerSide_CreatesThenMerges()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        const string apply = "application/apply-patch+yaml";
        const string yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '1'}\n";
        Assert.Equal(HttpStatusCode.BadRequest, (await host.SendAsync(HttpMethod.Patch, Samples.ConfigMaps + "/a", yaml, apply)).Status);
        (HttpStatusCode status, _) = await host.SendAsync(HttpMethod.Patch, Samples.ConfigMaps + "/a?fieldManager=t", yaml, apply);
        Assert.Equal(HttpStatusCode.Created, status);
        JsonObject merged = await host.PatchAsync(Samples.ConfigMaps + "/a?fieldManager=t", yaml.Replace("x:", "y:", StringComparison.Ordinal), apply);
        Assert.Equal(["x", "y"], merged["data"]!.AsObject().Select(entry => entry.Key).Order());
    }

    private static string Version(JsonObject value) => value["metadata"]!["resourceVersion"]!.GetValue<string>();
}
