using System.Net;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Tests.Testing;

namespace Tulle.ApiServer.Tests.Definitions;

public sealed class DefinitionTests
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private const string CronTabs = "/apis/stable.example.com/v1/namespaces/default/crontabs";

    [Fact]
    public async Task Create_Definition_ServesItsKindAtOnce()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonObject definition = await DefineAsync(host);
        Assert.Contains(definition["status"]!["conditions"]!.AsArray(), c => c!["type"]!.GetValue<string>() == "Established" && c["status"]!.GetValue<string>() == "True");
        JsonObject made = await host.PostAsync(CronTabs, Samples.CronTab);
        Assert.Equal(1, made["spec"]!["free"]!["a"]!["b"]!.GetValue<int>());
        JsonObject list = await host.GetAsync(CronTabs);
        Assert.Equal("CronTabList", list["kind"]!.GetValue<string>());
        JsonObject resources = await host.GetAsync("/apis/stable.example.com/v1");
        Assert.Equal(["crontabs", "crontabs/status"], resources["resources"]!.AsArray().Select(r => r!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Create_CustomObject_IsHeldAgainstItsSchema()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await DefineAsync(host);
        (HttpStatusCode status, JsonObject body) = await host.SendAsync(HttpMethod.Post, CronTabs, """{"metadata":{"name":"x"},"spec":{"replicas":30}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(["spec.cronSpec", "spec.replicas"], body["details"]!["causes"]!.AsArray().Select(c => c!["field"]!.GetValue<string>()).Order());
    }

    [Fact]
    public async Task Get_CustomObjectAsTable_HasItsColumns()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await DefineAsync(host);
        await host.PostAsync(CronTabs, Samples.CronTab);
        JsonObject table = await host.GetAsync(CronTabs, "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal(["Name", "Spec", "Replicas", "Age"], table["columnDefinitions"]!.AsArray().Select(c => c!["name"]!.GetValue<string>()));
        JsonArray cells = table["rows"]![0]!["cells"]!.AsArray();
        Assert.Equal("ct", cells[0]!.GetValue<string>());
        Assert.Equal(3, cells[2]!.GetValue<int>());
    }

    [Fact]
    public async Task Restart_DefinitionAndObjects_AreStillServed()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await DefineAsync(host);
        await host.PostAsync(CronTabs, Samples.CronTab);
        await host.RestartAsync();
        Assert.Equal("ct", (await host.GetAsync(CronTabs + "/ct"))["metadata"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Patch_StrategicOnCustomObject_IsRefusedAsKubernetesDoes()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await DefineAsync(host);
        await host.PostAsync(CronTabs, Samples.CronTab);
        (HttpStatusCode status, _) = await host.SendAsync(HttpMethod.Patch, CronTabs + "/ct", "{}", "application/strategic-merge-patch+json");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
    }

    [Fact]
    public async Task Delete_Definition_RemovesItsObjectsAndItsKind()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using ApiHost host = await ApiHost.StartAsync();
        await DefineAsync(host);
        await host.PostAsync(CronTabs, Samples.CronTab);
        await host.DeleteAsync(Definitions + "/crontabs.stable.example.com");
        await host.GoneAsync(CronTabs, limit.Token);
        await DefineAsync(host);
        Assert.Empty((await host.GetAsync(CronTabs))["items"]!.AsArray());
    }

    [Fact]
    public async Task Create_DefinitionOfBuiltInKind_IsKeptAndChangesNothing()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        const string definition = """
            {"metadata":{"name":"virtualservices.networking.istio.io"},
             "spec":{"group":"networking.istio.io","scope":"Namespaced","names":{"plural":"virtualservices","kind":"VirtualService"},
                     "conversion":{"strategy":"Webhook"},
                     "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"string"}}}}}]}}
            """;
        await host.PostAsync(Definitions, definition);
        await host.PostAsync("/apis/networking.istio.io/v1alpha3/namespaces/default/virtualservices",
            """{"metadata":{"name":"v"},"spec":{"hosts":["a"],"http":[{"route":[{"destination":{"host":"a"}}]}]}}""");
        await host.DeleteAsync(Definitions + "/virtualservices.networking.istio.io");
        await host.GetAsync("/apis/networking.istio.io/v1/namespaces/default/virtualservices/v");
    }

    [Fact]
    public async Task Create_BadDefinition_IsInvalid()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        (HttpStatusCode status, JsonObject body) = await host.SendAsync(HttpMethod.Post, Definitions, """
            {"metadata":{"name":"wrong"},"spec":{"group":"g.example.com","scope":"Namespaced","names":{"plural":"xs","kind":"X"},
             "versions":[{"name":"v1","served":true,"storage":false}]}}
            """);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(["metadata.name", "spec.versions", "spec.versions[0].schema.openAPIV3Schema"],
            body["details"]!["causes"]!.AsArray().Select(c => c!["field"]!.GetValue<string>()));
    }

    private static Task<JsonObject> DefineAsync(ApiHost host) =>
        host.ExpectAsync(HttpMethod.Post, Definitions, Samples.CronTabDefinition, "application/yaml");
}
