using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary>docs/reference/insight-api.md shows answers as they are.</summary>
public sealed partial class ReferenceTests
{
    [Theory]
    [InlineData("stat", "/namespaces/default/stat/deployments/users")]
    [InlineData("edges", "/namespaces/default/edges/deployments/users")]
    [InlineData("calls", "/namespaces/default/calls/services/users")]
    [InlineData("routes", "/namespaces/default/routes/services/users")]
    [InlineData("history", "/namespaces/default/history/deployments/users")]
    public async Task Example_HasTheFieldsOfAnAnswer(string section, string path)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("web", "127.64.0.3");
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using TestProxy users = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using ReportStream sent = new(web), received = new(users);
        await sent.SendAsync(Delta(Direction.Outbound));
        await received.SendAsync(Delta(Direction.Inbound));

        JsonObject answer = [];
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await mesh.Client.GetRawAsync($"/apis/insight.tulle.dev/v1{path}");
                if (answer["items"]!.AsArray() is not [{ } item, ..]) return false;
                if (item["points"] is JsonArray points && points.FirstOrDefault(point => point!["latencyMs"] is not null) is { } busy)
                {
                    item["points"] = new JsonArray(busy.DeepClone());
                    return true;
                }
                return item["latencyMs"] is not null;
            },
            TestMesh.Patience, $"{path} shows the reports", () => answer.ToJsonString());
        Assert.Equal(Shape(Example(section)), Shape(answer));
    }

    [Fact]
    public async Task Endpoints_HasTheFieldsOfAnAnswer()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("web", "127.64.0.3");
        await mesh.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: { name: users-0, labels: { version: v1, istio-locality: r.a } }
            """);
        await mesh.ApplyAsync("""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: { name: users }
            spec: { host: users, subsets: [{ name: v1, labels: { version: v1 } }] }
            """);
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using TestProxy users = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using ReportStream sent = new(web), received = new(users);
        await received.SendAsync(new HealthReport { Certificate = new ProxyCertificate { SpiffeId = "spiffe://x", NotAfterUnix = 2, ObtainedUnix = 1 } });
        await sent.SendAsync(Health());
        JsonObject answer = [];
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await mesh.Client.GetRawAsync("/apis/insight.tulle.dev/v1/namespaces/default/endpoints/services/users");
                return answer["items"]![0] is { } item && item["certificate"] is not null && item["seenBy"]!.AsArray().Count == 1
                    && item["subsets"]!.AsArray().Count == 1 && item["zone"] is not null;
            },
            TestMesh.Patience, "the endpoint is known", () => answer.ToJsonString());
        Assert.Equal(Shape(Example("endpoints")), Shape(answer));
    }

    [Fact]
    public async Task Diagnose_HasTheFieldsOfAnAnswer()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("web", "127.64.0.3");
        await mesh.ApplyAsync("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: { name: users }
            spec: { hosts: [users], http: [{ route: [{ destination: { host: users, subset: v9 } }] }] }
            """);
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using ReportStream sent = new(web);
        await sent.SendAsync(new TrafficDelta
        {
            Direction = Direction.Outbound,
            Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 },
            Requests = 5,
            MeshErrors = 5,
            Errors = { new ErrorCount { Reason = "no-endpoints", Side = ErrorSide.Upstream, Count = 5 } },
        });
        JsonObject answer = [];
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await mesh.Client.GetRawAsync("/apis/insight.tulle.dev/v1/namespaces/default/diagnose/services/users");
                return answer["findings"]!.AsArray().FirstOrDefault() is { } finding && finding.Text("cause") == "missing-subset" && finding["evidence"]!.AsArray().Count > 0;
            },
            TestMesh.Patience, "the missing subset is found", () => answer.ToJsonString());
        Assert.Equal(("missing-subset", "broken"), (answer["findings"]![0].Text("cause"), answer.Text("verdict")));
        Assert.Equal(Shape(Example("diagnose")), Shape(answer));
    }

    [Fact]
    public void Causes_AreDocumented()
    {
        string page = File.ReadAllText(RepositoryFolder.PathOf("docs", "reference", "insight-api.md"));
        Assert.Equal(
            ControlPlane.Insight.Diagnosis.Causes.All,
            [.. page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1])
                .Where(ControlPlane.Insight.Diagnosis.Causes.All.Contains)]);
    }

    private static HealthReport Health() => new()
    {
        Backends =
        {
            new BackendReport
            {
                Name = "users.default:80",
                Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 },
                Endpoints =
                {
                    new EndpointReport
                    {
                        Address = "127.64.0.2:8080", EjectedUntilUnixMs = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds(),
                        EjectedBecause = "5 consecutive 5xx responses", LastError = "status 500", LastErrorUnixMs = 1,
                    },
                },
                Connections = new LimitUse { Limit = 1 }, Pending = new LimitUse { Limit = 1 }, Requests = new LimitUse(), Retries = new LimitUse(),
            },
        },
    };

    [Theory]
    [InlineData("traces", "/traces")]
    [InlineData("traces/{id}", "/traces/4bf92f3577b34da6a3ce929d0e0e4736")]
    public async Task ExampleOfTraces_HasTheFieldsOfAnAnswer(string section, string path)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("web", "127.64.0.3");
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using ReportStream stream = new(web);
        await stream.SendSpansAsync([SpanSamples.Span(1, 0, Direction.Outbound)]);

        JsonObject answer = [];
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await mesh.Client.GetRawAsync("/apis/insight.tulle.dev/v1/traces");
                return answer["items"]!.AsArray().Count == 1;
            },
            TestMesh.Patience, "the span is here", () => answer.ToJsonString());
        answer = await mesh.Client.GetRawAsync($"/apis/insight.tulle.dev/v1{path}");
        if (answer["spans"] is JsonArray spans)
        {
            // The example shows two of many attributes.
            var attributes = (JsonObject)spans[0]!["attributes"]!;
            foreach (string name in attributes.Select(a => a.Key).Where(name => name is not ("http.request.method" or "http.response.status_code")).ToArray()) attributes.Remove(name);
        }
        Assert.Equal(Shape(Example(section)), Shape(answer));
    }

    private static TrafficDelta Delta(Direction direction) => new()
    {
        Direction = direction,
        PeerIdentity = $"spiffe://cluster.local/ns/default/sa/{(direction == Direction.Outbound ? "users" : "web")}",
        PeerWorkload = direction == Direction.Outbound ? "deployment/users" : "",
        Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 },
        Route = "GET /users/{id}",
        Tls = true,
        Requests = 5,
        Successes = 5,
        Indices = { (uint)LatencyBuckets.IndexOf(1_000) },
        Counts = { 5 },
    };

    internal static JsonNode Example(string section)
    {
        string page = File.ReadAllText(RepositoryFolder.PathOf("docs", "reference", "insight-api.md"));
        string text = page[page.IndexOf($"\n## {section}\n", StringComparison.Ordinal)..];
        return JsonNode.Parse(Block().Match(text).Groups[1].Value)!;
    }

    /// <summary>Names in their order, and the types of values.</summary>
    internal static string Shape(JsonNode? node) => node switch
    {
        JsonObject mapping => $"{{{string.Join(", ", mapping.Select(field => $"{field.Key}: {Shape(field.Value)}"))}}}",
        JsonArray list => $"[{(list.Count == 0 ? "" : Shape(list[0]))}]",
        null => "null",
        _ => node.GetValueKind().ToString(),
    };

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
