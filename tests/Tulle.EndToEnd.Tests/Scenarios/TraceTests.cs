using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tulle.EndToEnd.Tests.Matrix;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>
/// One request through five services is one trace of ten proxy spans, in the embedded store and at a collector that is not ours,
/// whatever format of context each application passes on.
/// </summary>
public sealed partial class TraceTests
{
    private static string Compose
    {
        get
        {
            string hop = $"python3 {Path.Combine(AppContext.BaseDirectory, "Apps", "hop.py")}";
            return $$"""
                name: chain
                services:
                  client: { command: "python3 {{EchoMesh.App}}", ports: ["80"] }
                  w3c: { command: "{{hop}}", ports: ["80"], environment: { NEXT: multi, FORWARD: traceparent } }
                  multi: { command: "{{hop}}", ports: ["80"], environment: { NEXT: single, FORWARD: "x-b3-traceid,x-b3-spanid,x-b3-sampled" } }
                  single: { command: "{{hop}}", ports: ["80"], environment: { NEXT: all, FORWARD: b3 } }
                  all: { command: "{{hop}}", ports: ["80"], environment: { NEXT: end, FORWARD: "traceparent,tracestate,b3,x-b3-traceid,x-b3-spanid,x-b3-parentspanid,x-b3-sampled,x-request-id" } }
                  end: { command: "{{hop}}", ports: ["80"], environment: { SPAN: think } }
                  forgetful: { command: "{{hop}}", ports: ["80"], environment: { NEXT: end } }

                """;
        }
    }

    private static readonly string[] Path10 =
    [
        "client outbound", "w3c inbound", "w3c outbound", "multi inbound", "multi outbound", "single inbound", "single outbound", "all inbound", "all outbound", "end inbound",
    ];

    [Theory]
    [InlineData("grpc")]
    [InlineData("http")]
    public async Task RequestThroughFiveServices_IsOneTrace_HereAndAtACollector(string protocol)
    {
        await using RunningProcess collector = RunningProcess.Start("node", [NodeServer.Script("collector.js")]);
        await collector.WaitForTextAsync("http on ", Eventually.Patience);
        Match ports = Ports().Match(collector.Output);
        string endpoint = protocol == "grpc" ? $"grpc://127.0.0.1:{ports.Groups[1].Value}" : $"http://127.0.0.1:{ports.Groups[2].Value}";
        await using var mesh = new MeshProcess(Compose) { UpArguments = ["--trace-sampling", "100", "--otlp-endpoint", endpoint] };
        await mesh.StartAsync();

        await AskAsync(mesh, "w3c");
        JsonObject trace = await StoredAsync(mesh, "client", "end", spans: 11);
        Assert.Equal((true, "client", "sampled"), ((bool)trace["complete"]!, (string)trace["service"]!, (string)trace["kept"]!));
        JsonObject[] spans = [.. trace["spans"]!.AsArray().Select(span => span!.AsObject())];
        Assert.Equal([.. Path10, "end application"], spans.Select(span => $"{span["service"]} {span["source"]}"));
        Assert.Equal(Enumerable.Range(0, 11), spans.Select(span => (int)span["depth"]!));
        // Each is a child of the one before.
        Assert.Equal([null, .. spans.Select(span => (string)span["spanId"]!).Take(10)], spans.Select(span => (string?)span["parentId"]));
        Assert.Equal("think", (string)spans[10]["name"]!);

        JsonArray exported = await CollectedAsync(ports.Groups[2].Value, (string)trace["traceId"]!, 11);
        Assert.Equal(
            spans.Select(span => $"{span["spanId"]} {span["parentId"]} {span["service"]}").Order(),
            exported.Select(span => $"{span!["spanId"]} {span["parentSpanId"]} {span["resource"]!["service.name"]}").Order());
        Assert.All(exported, span => Assert.Equal(protocol, (string)span!["by"]!));
        JsonNode sent = exported.First(span => (string)span!["resource"]!["service.name"]! == "w3c" && (int)span["kind"]! == 3)!;
        Assert.Equal(("GET", 200, "multi", "tulle-proxy", "multi.default:80"), (
            (string)sent["attributes"]!["http.request.method"]!, (int)sent["attributes"]!["http.response.status_code"]!, (string)sent["attributes"]!["server.address"]!,
            (string)sent["scope"]!, (string)sent["attributes"]!["tulle.service"]!));

        CommandResult waterfall = await mesh.TulleAsync("trace", (string)trace["traceId"]!);
        Assert.Matches(@"(?m)^client → GET +│█+ *│ +\d+ms 200$", waterfall.Output);
        Assert.Matches(@"(?m)^ {18}end ← GET", waterfall.Output);
        if (protocol == "grpc") await AssertForgetfulAsync(mesh);
    }

    /// <summary>An application that passes nothing on breaks the trace in two: what it causes begins a new one.</summary>
    private static async Task AssertForgetfulAsync(MeshProcess mesh)
    {
        await AskAsync(mesh, "forgetful");
        JsonObject before = await StoredAsync(mesh, "client", "forgetful", spans: 2);
        Assert.Equal(["client outbound", "forgetful inbound"], before["spans"]!.AsArray().Select(span => $"{span!["service"]} {span["source"]}"));
        JsonObject after = await StoredAsync(mesh, "forgetful", "end", spans: 3);
        Assert.Equal(["forgetful outbound", "end inbound", "end application"], after["spans"]!.AsArray().Select(span => $"{span!["service"]} {span["source"]}"));
        Assert.NotEqual((string)before["traceId"]!, (string)after["traceId"]!);
    }

    private static async Task AskAsync(MeshProcess mesh, string service)
    {
        await using var load = new LoadClient($"http://{service}/x", mesh.Replicas("client")[0].Outbound, TimeSpan.FromSeconds(20));
        // News of endpoints may still be on their way to a sidecar of the chain.
        await Eventually.TrueAsync(
            async () => Assert.Single(await load.SendAsync(1, connections: 1)).Status == 200, Eventually.Patience, $"a request goes through from {service} on", mesh.Show);
    }

    /// <summary>The newest trace that begins with a service and comes to another, once it has that many spans.</summary>
    private static async Task<JsonObject> StoredAsync(MeshProcess mesh, string root, string other, int spans)
    {
        string id = "";
        CommandResult? list = null;
        await Eventually.TrueAsync(
            async () =>
            {
                list = await mesh.TulleAsync("trace", "-o", "json");
                JsonNode? found = JsonNode.Parse(list.Output)!.AsArray().FirstOrDefault(trace =>
                    (string)trace!["service"]! == root && (int)trace["spans"]! == spans && trace["services"]!.AsArray().Any(service => (string)service!["name"]! == other));
                id = (string?)found?["traceId"] ?? "";
                return id.Length > 0;
            },
            Eventually.Patience, $"a trace of {root} with {spans} spans is kept", () => $"{list}\n{mesh.Show()}");
        return JsonNode.Parse((await mesh.TulleAsync("trace", id, "-o", "json")).Output)!.AsObject();
    }

    private static async Task<JsonArray> CollectedAsync(string port, string trace, int spans)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        JsonArray found = [];
        await Eventually.TrueAsync(
            async () =>
            {
                JsonArray all = JsonNode.Parse(await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/")))!.AsArray();
                found = new JsonArray([.. all.Where(span => (string)span!["traceId"]! == trace).Select(span => span!.DeepClone())]);
                return found.Count >= spans;
            },
            Eventually.Patience, $"the collector has {spans} spans", () => found.ToJsonString());
        Assert.Equal(spans, found.Count);
        return found;
    }

    [GeneratedRegex(@"grpc on (\d+), http on (\d+)")]
    private static partial Regex Ports();
}
