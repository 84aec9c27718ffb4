using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Tests.Testing;
using Tulle.Model.Admission;
using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Tests.Admission;

public sealed class AdmissionTests
{
    private const string VirtualServices = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";

    [Fact]
    public async Task Create_WrongTypes_AreCausesWithTheirFields()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        (HttpStatusCode status, JsonObject body) = await host.SendAsync(HttpMethod.Post, VirtualServices,
            """{"metadata":{"name":"v"},"spec":{"hosts":5,"http":[{"route":[{"destination":{"host":"a"},"weight":"x"}]}]}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal("Invalid", body["reason"]!.GetValue<string>());
        Assert.StartsWith("VirtualService.networking.istio.io \"v\" is invalid: [", body["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("VirtualService", body["details"]!["kind"]!.GetValue<string>());
        Assert.Equal(["spec.hosts", "spec.http[0].route[0].weight"],
            body["details"]!["causes"]!.AsArray().Select(cause => cause!["field"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("Strict", HttpStatusCode.BadRequest, 0)]
    [InlineData("Warn", HttpStatusCode.Created, 1)]
    [InlineData("Ignore", HttpStatusCode.Created, 0)]
    public async Task Create_UnknownField_IsAsFieldValidationSays(string validation, HttpStatusCode expected, int warnings)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using var body = new StringContent("""{"metadata":{"name":"v"},"spec":{"hosts":["a"],"htpp":[],"http":[{"route":[{"destination":{"host":"a"}}]}]}}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await host.Client.PostAsync($"{VirtualServices}?fieldValidation={validation}", body);
        string text = await response.Content.ReadAsStringAsync();
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(warnings, response.Headers.TryGetValues("Warning", out IEnumerable<string>? values) ? values.Count(v => v.Contains("spec.htpp", StringComparison.Ordinal)) : 0);
        if (expected == HttpStatusCode.Created) Assert.DoesNotContain("htpp", text, StringComparison.Ordinal);
        else Assert.Contains("strict decoding error: unknown field \\\"spec.htpp\\\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ReviewerFindsErrorAndWarning_RefusesOrSays()
    {
        await using ApiHost host = await ApiHost.StartAsync(null, null, new NameReviewer());
        (HttpStatusCode status, JsonObject body) = await host.SendAsync(HttpMethod.Post, Samples.ConfigMaps, Samples.ConfigMap("bad"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal("Invalid value: no such subset; write another", body["details"]!["causes"]![0]!["message"]!.GetValue<string>());
        using var content = new StringContent(Samples.ConfigMap("odd"), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await host.Client.PostAsync(Samples.ConfigMaps, content);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Contains("299 - \"metadata.name: is odd\"", response.Headers.GetValues("Warning"));
    }

    [Theory]
    [InlineData("""{"kind":"Secret","metadata":{"name":"a"}}""", "the kind in the data (Secret) does not match")]
    [InlineData("""{"apiVersion":"v2","metadata":{"name":"a"}}""", "the API version in the data (v2) does not match")]
    [InlineData("""{"metadata":{"name":"a","namespace":"other"}}""", "the namespace of the provided object does not match")]
    [InlineData("""{"metadata":{"name":"a","resourceVersion":"5"}}""", "resourceVersion should not be set")]
    [InlineData("""{"metadata":{"name":"a"},"metadata":{}}""", "not a valid JSON object")]
    [InlineData("""[1]""", "not a JSON object")]
    [InlineData("""{""", "not a valid JSON object")]
    public async Task Create_Malformed_IsBadRequest(string value, string part)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        (HttpStatusCode status, JsonObject body) = await host.SendAsync(HttpMethod.Post, Samples.ConfigMaps, value);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(part, body["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_BodyAboveLimit_IsTooLarge()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        (HttpStatusCode status, JsonObject body) = await host.SendAsync(HttpMethod.Post, Samples.ConfigMaps, Samples.ConfigMap("a", new string('x', 3 * 1024 * 1024)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Equal("RequestEntityTooLarge", body["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Create_BodyInYaml_IsRead()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonObject made = await host.ExpectAsync(HttpMethod.Post, Samples.ConfigMaps, "metadata: {name: a}\ndata: {x: 'y'}\n", "application/yaml");
        Assert.Equal("y", made["data"]!["x"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await host.SendAsync(HttpMethod.Post, Samples.ConfigMaps, "x", "text/plain")).Status);
    }

    [Fact]
    public async Task Create_Secret_KeepsStringDataEncoded()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonObject secret = await host.PostAsync("/api/v1/namespaces/default/secrets", """{"metadata":{"name":"s"},"stringData":{"k":"v"}}""");
        Assert.Equal("dg==", secret["data"]!["k"]!.GetValue<string>());
        Assert.Null(secret["stringData"]);
        Assert.Equal("Opaque", secret["type"]!.GetValue<string>());
    }

    private sealed class NameReviewer : IResourceReviewer
    {
        public ValueTask<IReadOnlyList<Finding>> ReviewAsync(ResourceKind kind, MappingNode obj) => ValueTask.FromResult(Findings(obj));

        private static IReadOnlyList<Finding> Findings(MappingNode obj) => obj.Text("metadata", "name") switch
        {
            "bad" => [new Finding(Severity.Error, "spec.subset", "no such subset", "write another", SourceLocation.None)],
            "odd" => [new Finding(Severity.Warning, "metadata.name", "is odd", "", SourceLocation.None)],
            _ => [],
        };
    }
}
