using System.Net;
using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;

namespace Tulle.ControlPlane.Tests.Dashboard;

/// <summary>What of the Kubernetes API can be reached through the dashboard.</summary>
public sealed class PassThroughTests
{
    private const string Canary = "/api/kubernetes/apis/networking.istio.io/v1/namespaces/default/virtualservices/users";

    [Theory]
    [InlineData("api/v1/namespaces")]
    [InlineData("api/v1/namespaces/default")]
    [InlineData("api/v1/pods?limit=5")]
    [InlineData("api/v1/namespaces/default/services/users")]
    [InlineData("api/v1/namespaces/default/events")]
    [InlineData("apis/apps/v1/namespaces/default/deployments?labelSelector=app%3Dusers")]
    [InlineData("apis/discovery.k8s.io/v1/endpointslices")]
    [InlineData("apis/networking.istio.io/v1/virtualservices")]
    [InlineData("apis/networking.istio.io/v1beta1/namespaces/default/destinationrules")]
    [InlineData("apis/linkerd.io/v1alpha2/serviceprofiles")]
    [InlineData("apis/gateway.networking.k8s.io/v1/httproutes")]
    public async Task Read_MeshAndCoreKinds_IsTheServersAnswer(string path)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using Browser browser = await Browser.OpenAsync(mesh);
        JsonObject own = await mesh.Client.GetRawAsync("/" + path);
        Assert.Equal(own.Text("kind"), (await browser.GetAsync($"/api/kubernetes/{path}")).Text("kind"));
    }

    [Theory]
    [InlineData("api/v1/secrets")]
    [InlineData("api/v1/namespaces/tulle-system/secrets")]
    [InlineData("api/v1/namespaces/tulle-system/secrets/tulle-identity-issuer")]
    [InlineData("api/v1/namespaces/tulle-system/Secrets/tulle-identity-issuer")]
    [InlineData("api/v1/watch/secrets")]
    [InlineData("api/v1/watch/namespaces/tulle-system/secrets")]
    [InlineData("api/v1/namespaces/tulle-system/%73ecrets/tulle-identity-issuer")]
    [InlineData("api/v1/namespaces/tulle-system/pods/../secrets/tulle-identity-issuer")]
    [InlineData("api/v1/namespaces/tulle-system/pods/%2e%2e/secrets/tulle-identity-issuer")]
    [InlineData("api/v1/namespaces/tulle-system/pods/.%2e/secrets")]
    [InlineData("api/v1/namespaces/tulle-system/pods%2f..%2fsecrets")]
    [InlineData("api/v1//namespaces/tulle-system//secrets")]
    [InlineData("/api/v1/secrets")]
    [InlineData("./api/v1/secrets")]
    [InlineData("..%2f..%2fapi/v1/secrets")]
    [InlineData("api/v1/pods/..;/secrets")]
    [InlineData("api/v1\\secrets")]
    [InlineData("api/v1/secrets%00")]
    [InlineData("api/v1/secrets;/pods")]
    [InlineData("api/v1/namespaces/tulle-system/configmaps")]
    [InlineData("api/v1/namespaces/default/serviceaccounts/users/token")]
    [InlineData("api/v1/namespaces/default/pods/users-0/log")]
    [InlineData("api/v1/namespaces/default/pods/users-0/status")]
    [InlineData("apis/coordination.k8s.io/v1/leases")]
    [InlineData("apis/v1/v1/secrets")]
    [InlineData("apis//v1/secrets")]
    [InlineData("apis/apps/v1/secrets")]
    [InlineData("apis/insight.tulle.dev/v1/proxies")]
    [InlineData("apis/apiextensions.k8s.io/v1/customresourcedefinitions")]
    [InlineData("api/v1")]
    [InlineData("openapi/v2")]
    [InlineData("http://127.0.0.1:1/api/v1/pods")]
    [InlineData("")]
    public async Task Read_AnythingElse_NeverReachesTheServer(string path)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser browser = await Browser.OpenAsync(mesh);
        string answer = await AccessTests.RawAsync(browser.Link, $"/api/kubernetes/{path}", browser.Link.Authority, $"Cookie: {browser.Cookie}\r\n");
        Assert.Matches("^HTTP/1.1 40[034]", answer);
        Assert.DoesNotContain("\"data\"", answer);
        Assert.DoesNotContain("SecretList", answer);
    }

    [Theory]
    [InlineData("/api/kubernetes/../kubernetes/api/v1/secrets")]
    [InlineData("/x/../api/kubernetes/api/v1/secrets")]
    [InlineData("/%61pi/kubernetes/api/v1/secrets")]
    [InlineData("//api/kubernetes/api/v1/secrets")]
    [InlineData("http://localhost/api/kubernetes/api/v1/secrets")]
    public async Task Read_DisguisedPrefix_NeverReachesTheServer(string target)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser browser = await Browser.OpenAsync(mesh);
        string host = target.StartsWith("http", StringComparison.Ordinal) ? "localhost" : browser.Link.Authority;
        string answer = await AccessTests.RawAsync(browser.Link, target, host, $"Cookie: {browser.Cookie}\r\n");
        // Where the path is none of the API's, the answer may be the dashboard's own page.
        Assert.DoesNotMatch("(?s)^HTTP/1.1 200.*Content-Type: application/json", answer);
        Assert.DoesNotContain("SecretList", answer);
    }

    [Theory]
    [InlineData("api/v1/pods?watch=true")]
    [InlineData("api/v1/pods?Watch=true&limit=1")]
    [InlineData("api/v1/pods?dryRun=All")]
    public async Task Read_UnknownParameter_IsRefused(string path)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser browser = await Browser.OpenAsync(mesh);
        using HttpResponseMessage answer = await browser.SendAsync("GET", $"/api/kubernetes/{path}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("POST", "api/v1/namespaces/default/secrets", 403)]
    [InlineData("POST", "api/v1/namespaces/default/pods", 405)]
    [InlineData("POST", "api/v1/namespaces/default/serviceaccounts/users/token", 403)]
    [InlineData("DELETE", "api/v1/namespaces/default/pods/users-0", 405)]
    [InlineData("DELETE", "api/v1/namespaces/default", 405)]
    [InlineData("PATCH", "apis/apps/v1/namespaces/default/deployments/users", 405)]
    [InlineData("DELETE", "apis/networking.istio.io/v1/namespaces/default/virtualservices", 405)]
    [InlineData("PUT", "apis/networking.istio.io/v1/namespaces/default/virtualservices", 405)]
    [InlineData("OPTIONS", "apis/networking.istio.io/v1/namespaces/default/virtualservices", 405)]
    public async Task Write_WhatIsNoConfiguration_IsRefused(string method, string path, int status)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using Browser browser = await Browser.OpenAsync(mesh);
        using HttpResponseMessage answer = await browser.SendAsync(method, $"/api/kubernetes/{path}", "{}");
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.NotNull(await mesh.Client.TryGetAsync(ResourcePath.Of("", "v1", "pods", "default", "users-0")));
    }

    [Fact]
    public async Task Write_Configuration_GoesThroughAdmission()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        mesh.Api.AddReviewer(mesh.ControlPlane.Reviewer);
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using Browser browser = await Browser.OpenAsync(mesh);
        string collection = Canary[..Canary.LastIndexOf('/')];

        using HttpResponseMessage tried = await browser.SendAsync("POST", $"{collection}?dryRun=All", VirtualService("users"));
        Assert.Equal(HttpStatusCode.Created, tried.StatusCode);
        Assert.Null(await FindAsync(mesh));

        using HttpResponseMessage created = await browser.SendAsync("POST", collection, VirtualService("users"));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);

        using HttpResponseMessage warned = await browser.SendAsync("PUT", Canary, VirtualService("nobody"));
        Assert.Equal(HttpStatusCode.OK, warned.StatusCode);
        Assert.Contains("nobody", string.Join(' ', warned.Headers.NonValidated["Warning"]));

        using HttpResponseMessage refused = await browser.SendAsync("PATCH", Canary, """{"spec":{"http":[{"timeout":"soon","route":[{"destination":{"host":"users"}}]}]}}""", "application/merge-patch+json");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("spec.http[0].timeout", await refused.Content.ReadAsStringAsync());

        using HttpResponseMessage dry = await browser.SendAsync("PATCH", Canary + "?dryRun=All", """{"spec":{"http":[{"timeout":"3s","route":[{"destination":{"host":"users"}}]}]}}""", "application/merge-patch+json");
        Assert.Equal("3s", JsonNode.Parse(await dry.Content.ReadAsStringAsync())!["spec"]!["http"]![0].Text("timeout"));
        Assert.Null((await FindAsync(mesh))!["spec"]!["http"]![0]!["timeout"]);

        using HttpResponseMessage conflict = await browser.SendAsync("PUT", Canary, VirtualService("users", resourceVersion: "1"));
        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);

        using HttpResponseMessage deleted = await browser.SendAsync("DELETE", Canary);
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Null(await FindAsync(mesh));
    }

    [Fact]
    public async Task Write_BodyBeyondTheLimit_IsTooLarge()
    {
        await using TestMesh mesh = await TestMesh.StartAsync(options => options with { Limits = options.Limits with { BodyBytes = 1000 } });
        using Browser browser = await Browser.OpenAsync(mesh);
        using HttpResponseMessage answer = await browser.SendAsync("PUT", Canary, new string(' ', 1001));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private static Task<JsonObject?> FindAsync(TestMesh mesh) => mesh.Client.TryGetAsync(ResourcePath.Of("networking.istio.io", "v1", "virtualservices", "default", "users"));

    private static string VirtualService(string host, string? resourceVersion = null) => new JsonObject
    {
        ["apiVersion"] = "networking.istio.io/v1",
        ["kind"] = "VirtualService",
        ["metadata"] = resourceVersion is null ? new JsonObject { ["name"] = "users" } : new JsonObject { ["name"] = "users", ["resourceVersion"] = resourceVersion },
        ["spec"] = new JsonObject
        {
            ["hosts"] = new JsonArray("users"),
            ["http"] = new JsonArray(new JsonObject { ["route"] = new JsonArray(new JsonObject { ["destination"] = new JsonObject { ["host"] = host } }) }),
        },
    }.ToJsonString();
}
