using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Tests.Testing;

namespace Tulle.ApiServer.Tests.Discovery;

public sealed class DiscoveryTests
{
    [Fact]
    public async Task Discovery_OldAndAggregated_NameTheSameResources()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonObject aggregated = await host.GetAsync("/apis", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json");
        Assert.Equal("APIGroupDiscoveryList", aggregated["kind"]!.GetValue<string>());
        JsonObject groups = await host.GetAsync("/apis", "application/json");
        foreach (JsonNode? group in groups["groups"]!.AsArray())
        {
            string name = group!["name"]!.GetValue<string>();
            JsonNode same = aggregated["items"]!.AsArray().Single(item => item!["metadata"]!["name"]!.GetValue<string>() == name)!;
            Assert.Equal(group["versions"]!.AsArray().Select(v => v!["version"]!.GetValue<string>()),
                same["versions"]!.AsArray().Select(v => v!["version"]!.GetValue<string>()));
            foreach (JsonNode? version in same["versions"]!.AsArray())
            {
                JsonObject list = await host.GetAsync($"/apis/{name}/{version!["version"]!.GetValue<string>()}");
                Assert.Equal(list["resources"]!.AsArray().Select(r => r!["name"]!.GetValue<string>()).Where(r => !r.Contains('/', StringComparison.Ordinal)),
                    version["resources"]!.AsArray().Select(r => r!["resource"]!.GetValue<string>()));
            }
        }
    }

    [Fact]
    public async Task OpenApiV3_EveryDocumentOfTheIndex_HasItsKinds()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonObject index = await host.GetAsync("/openapi/v3");
        Assert.Contains("api/v1", index["paths"]!.AsObject().Select(path => path.Key));
        foreach ((_, JsonNode? entry) in index["paths"]!.AsObject())
        {
            JsonObject document = await host.GetAsync(entry!["serverRelativeURL"]!.GetValue<string>());
            Assert.Contains(document["components"]!["schemas"]!.AsObject(), schema => schema.Value!["x-kubernetes-group-version-kind"] is not null);
        }
        JsonObject core = await host.GetAsync("/openapi/v3/api/v1");
        JsonNode post = core["paths"]!["/api/v1/namespaces/{namespace}/services"]!["post"]!;
        Assert.Contains(post["parameters"]!.AsArray(), parameter => parameter!["name"]!.GetValue<string>() == "fieldValidation");
        Assert.Equal("port", core["components"]!["schemas"]!["core.v1.Service"]!["properties"]!["spec"]!["properties"]!["ports"]!["x-kubernetes-patch-merge-key"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("GET", "/api/v1/nonsense", HttpStatusCode.NotFound)]
    [InlineData("GET", "/apis/none.example.com/v1", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v2/pods", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/pods/p", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/v1/pods", HttpStatusCode.MethodNotAllowed)]
    [InlineData("PUT", "/api/v1/namespaces/default/pods", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/apis/authentication.k8s.io/v1/tokenreviews", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound)]
    public async Task Request_NotServed_IsSaid(string method, string path, HttpStatusCode expected)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        (HttpStatusCode status, JsonObject body) = await host.SendAsync(new HttpMethod(method), path, method == "GET" ? null : "{}");
        Assert.Equal(expected, status);
        Assert.Equal("Status", body["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task Get_AcceptsProtobufOnly_IsNotAcceptable()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        (HttpStatusCode status, JsonObject body) = await host.SendAsync(HttpMethod.Get, Samples.Pods, accept: "application/vnd.kubernetes.protobuf");
        Assert.Equal(HttpStatusCode.NotAcceptable, status);
        Assert.Contains("application/json", body["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AggregatedGroup_AddedLater_AnswersAdministratorsOnly()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Server.AddAggregatedGroup("insight.tulle.dev", http => http.Response.WriteAsync($$"""{"path":"{{http.Request.Path}}"}"""));
        Assert.Equal("/apis/insight.tulle.dev/v1/stat/pods", (await host.GetAsync("/apis/insight.tulle.dev/v1/stat/pods"))["path"]!.GetValue<string>());
        using HttpClient anonymous = host.ClientFor(null);
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync("/apis/insight.tulle.dev/v1/stat/pods")).StatusCode);
    }

    [Fact]
    public async Task Get_AsPartialObjectMetadata_HasMetadataOnly()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a"));
        JsonObject one = await host.GetAsync(Samples.ConfigMaps + "/a", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
        Assert.Equal("PartialObjectMetadata", one["kind"]!.GetValue<string>());
        Assert.Null(one["data"]);
        JsonObject list = await host.GetAsync(Samples.ConfigMaps, "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");
        Assert.Equal("a", list["items"]![0]!["metadata"]!["name"]!.GetValue<string>());
    }
}
