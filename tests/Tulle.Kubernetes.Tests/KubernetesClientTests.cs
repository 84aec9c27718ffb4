using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer;
using Tulle.Testing;

namespace Tulle.Kubernetes.Tests;

public sealed class KubernetesClientTests
{
    private static readonly ResourcePath ConfigMaps = ResourcePath.Of("", "v1", "configmaps", "default");

    [Fact]
    public async Task Verbs_AgainstTheEmbeddedServer_Work()
    {
        using var folder = new TemporaryFolder();
        await using KubernetesApiServer api = await StartAsync(folder);
        using KubernetesClient client = Client(api);

        JsonObject created = await client.CreateAsync(ConfigMaps, Map("a", "1"));
        Assert.Equal("a", created.ObjectName());
        JsonObject patched = await client.PatchAsync(ConfigMaps.WithName("a"), PatchKind.Merge, Map("a", "2"));
        Assert.Equal("2", patched["data"].Text("key"));
        JsonObject applied = await client.ApplyAsync(ConfigMaps.WithName("b"), Map("b", "3"));
        Assert.Equal("3", applied["data"].Text("key"));
        JsonArray replace = [new JsonObject { ["op"] = "replace", ["path"] = "/data/key", ["value"] = "4" }];
        Assert.Equal("4", (await client.PatchAsync(ConfigMaps.WithName("b"), PatchKind.Json, replace))["data"].Text("key"));

        ResourceList all = await client.ListAsync(ConfigMaps, new ListOptions { PageSize = 1, FieldSelector = "metadata.name!=kube-root-ca.crt" });
        Assert.Equal(["a", "b"], all.Items.Select(item => item.ObjectName()));
        Assert.All(all.Items, item => Assert.Equal(("v1", "ConfigMap"), (item.Text("apiVersion"), item.Text("kind"))));
        Assert.NotEqual("", all.ResourceVersion);
        Assert.Equal("Table", (await client.GetTableAsync(ConfigMaps)).Text("kind"));

        await client.DeleteAsync(ConfigMaps.WithName("a"));
        Assert.Null(await client.TryGetAsync(ConfigMaps.WithName("a")));
    }

    [Fact]
    public async Task Update_StaleVersion_IsConflict()
    {
        using var folder = new TemporaryFolder();
        await using KubernetesApiServer api = await StartAsync(folder);
        using KubernetesClient client = Client(api);
        JsonObject stale = await client.CreateAsync(ConfigMaps, Map("a", "1"));
        await client.PatchAsync(ConfigMaps.WithName("a"), PatchKind.Merge, Map("a", "2"));
        ApiStatusException error = await Assert.ThrowsAsync<ApiStatusException>(() => client.UpdateAsync(ConfigMaps.WithName("a"), stale));
        Assert.True(error.IsConflict);
        ApiStatusException exists = await Assert.ThrowsAsync<ApiStatusException>(() => client.CreateAsync(ConfigMaps, Map("a", "1")));
        Assert.True(exists.IsAlreadyExists && !exists.IsConflict);
    }

    [Fact]
    public async Task Create_BadObject_CarriesCauses()
    {
        using var folder = new TemporaryFolder();
        await using KubernetesApiServer api = await StartAsync(folder);
        using KubernetesClient client = Client(api);
        ApiStatusException error = await Assert.ThrowsAsync<ApiStatusException>(() => client.CreateAsync(ConfigMaps, Map("Not A Name", "1")));
        Assert.Equal((422, "Invalid"), (error.Code, error.Reason));
        Assert.Contains(error.Causes, cause => cause.Field == "metadata.name");
    }

    [Fact]
    public async Task Get_WrongAuthority_IsUnreachableForItsCertificate()
    {
        using var folder = new TemporaryFolder();
        await using KubernetesApiServer api = await StartAsync(folder);
        using var client = new KubernetesClient(new KubernetesOptions { Server = new Uri(api.Url), Token = "admin" });
        ApiUnreachableException error = await Assert.ThrowsAsync<ApiUnreachableException>(() => client.GetAsync(ConfigMaps.WithName("a")));
        Assert.Contains("certificate", error.Message);
    }

    [Fact]
    public async Task Get_NobodyListens_SaysSo()
    {
        int port = FreePort.Next();
        using var client = new KubernetesClient(new KubernetesOptions { Server = new Uri($"http://127.0.0.1:{port}") });
        ApiUnreachableException error = await Assert.ThrowsAsync<ApiUnreachableException>(() => client.GetAsync(ConfigMaps.WithName("a")));
        Assert.Equal($"cannot reach the Kubernetes API at http://127.0.0.1:{port}: Connection refused", error.Message);
    }

    [Fact]
    public async Task Get_ServerNeverAnswers_GivesUp()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var client = new KubernetesClient(new KubernetesOptions { Server = api.Url, RequestTimeout = TimeSpan.FromMilliseconds(100) });
        ApiUnreachableException error = await Assert.ThrowsAsync<ApiUnreachableException>(() => client.GetAsync(ConfigMaps.WithName("a")));
        Assert.Contains("no answer to GET /api/v1/namespaces/default/configmaps/a within 0.1 s", error.Message);
    }

    [Fact]
    public async Task Any_WarningHeaders_ReachTheCallback()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync(context =>
        {
            context.Response.Headers.Append("Warning", """299 - "spec.timeout has no effect yet" """.Trim());
            context.Response.Headers.Append("Warning", """299 - "write \"v2\" instead" """.Trim());
            return context.Response.WriteAsync("{}");
        });
        var warnings = new List<string>();
        using var client = new KubernetesClient(new KubernetesOptions { Server = api.Url, OnWarning = warnings.Add });
        await client.GetAsync(ConfigMaps.WithName("a"));
        Assert.Equal(["spec.timeout has no effect yet", "write \"v2\" instead"], warnings);
    }

    [Fact]
    public async Task Any_RefusalWithoutStatus_ShowsTheBody()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync(context =>
        {
            context.Response.StatusCode = (int)HttpStatusCode.BadGateway;
            return context.Response.WriteAsync("<html>no</html>");
        });
        using var client = new KubernetesClient(new KubernetesOptions { Server = api.Url });
        ApiStatusException error = await Assert.ThrowsAsync<ApiStatusException>(() => client.GetRawAsync("/version"));
        Assert.Equal("the API server answered 502 to GET /version: <html>no</html>", error.Message);
    }

    [Fact]
    public async Task Any_TokenFile_IsSentAndReadAgain()
    {
        using var folder = new TemporaryFolder();
        string seen = "";
        await using ScriptedApi api = await ScriptedApi.StartAsync(context =>
        {
            seen = context.Request.Headers.Authorization.ToString();
            return context.Response.WriteAsync("{}");
        });
        var clock = new StepClock();
        string file = folder.Write("token", "one\n");
        using var client = new KubernetesClient(new KubernetesOptions { Server = api.Url, TokenFile = file }, clock);
        await client.GetRawAsync("/version");
        Assert.Equal("Bearer one", seen);
        File.WriteAllText(file, "two");
        clock.Now += TimeSpan.FromMinutes(2);
        await client.GetRawAsync("/version");
        Assert.Equal("Bearer two", seen);
    }

    private static Task<KubernetesApiServer> StartAsync(TemporaryFolder folder) =>
        KubernetesApiServer.StartAsync(new ApiServerOptions { DatabasePath = folder.PathOf("mesh.db"), AdminToken = "admin" });

    private static KubernetesClient Client(KubernetesApiServer api) =>
        new(new KubernetesOptions { Server = new Uri(api.Url), CertificateAuthorityPem = api.CaPem, Token = "admin" });

    private static JsonObject Map(string name, string value) => new()
    {
        ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = name }, ["data"] = new JsonObject { ["key"] = value },
    };

    private sealed class StepClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
