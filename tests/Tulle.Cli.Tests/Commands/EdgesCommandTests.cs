using System.Text.Json.Nodes;
using Tulle.Cli.Tests.Testing;

namespace Tulle.Cli.Tests.Commands;

public sealed class EdgesCommandTests(CliMesh mesh) : IClassFixture<CliMesh>, IDisposable
{
    private const string Answer = """
        {"items":[
        {"source":{"namespace":null,"workload":null,"identity":null},
         "destination":{"namespace":"default","workload":"deployment/web","service":"web","identity":"spiffe://cluster.local/ns/default/sa/web"},
         "success":0.5,"rps":1,"latencyMs":{"p50":1,"p95":2,"p99":3},"tcpConnections":1,"requests":30,"meshErrors":0,"mtls":0,"bytesReceived":1,"bytesSent":2},
        {"source":{"namespace":"default","workload":"deployment/web","identity":"spiffe://cluster.local/ns/default/sa/web"},
         "destination":{"namespace":"shop","workload":"statefulset/db","service":"db","identity":"spiffe://cluster.local/ns/shop/sa/db"},
         "success":null,"rps":0,"latencyMs":null,"tcpConnections":3,"requests":0,"meshErrors":0,"mtls":1,"bytesReceived":1,"bytesSent":2}]}
        """;

    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Edges_OneNamespace_NamesOthersWithTheirs()
    {
        mesh.Insight = _ => Answer;
        CliResult result = await RunAsync("edges");
        Assert.Equal("""
            SRC   DST                   SERVICE   SUCCESS   RPS   LATENCY_P50   LATENCY_P95   LATENCY_P99   TCP_CONN   SECURED
            -     web                   web        50.00%   1.0           1ms           2ms           3ms          1   no
            web   statefulset/db.shop   db              -     -             -             -             -          3   yes

            """, result.Output);
        Assert.Equal("/apis/insight.tulle.dev/v1/namespaces/default/edges?window=30s", mesh.LastInsight);
    }

    [Fact]
    public async Task Edges_AllNamespacesWide_HasIdentitiesWhereTheyWereProven()
    {
        mesh.Insight = _ => Answer;
        string[] lines = (await RunAsync("edges -A -o wide")).Output.Split('\n');
        Assert.EndsWith("SECURED   REQUESTS   MESH_ERRORS   CLIENT        SERVER", lines[0]);
        Assert.EndsWith("no              30             0   -             -", lines[1]);
        Assert.EndsWith("yes              0             0   default/web   shop/db", lines[2]);
        Assert.StartsWith("SRC_NS    SRC   DST_NS    DST              SERVICE", lines[0]);
    }

    [Fact]
    public async Task Edges_Json_IsWhatTheApiSays()
    {
        mesh.Insight = _ => Answer;
        JsonNode rows = JsonNode.Parse((await RunAsync("edges -o json")).Output)!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Answer)!["items"], rows));
    }

    [Theory]
    [InlineData("edges deploy/web --window 1m", "/namespaces/default/edges/deployments/web?window=60s")]
    [InlineData("edges --from deploy/web --to svc/users -n shop", "/namespaces/shop/edges?window=30s&to=services%2Fusers&from=deployments%2Fweb")]
    [InlineData("edges -A --time-window 1h", "/edges?window=3600s")]
    [InlineData("edges ns/shop", "/edges/namespaces/shop?window=30s")]
    [InlineData("routes", "/namespaces/default/routes?window=30s")]
    [InlineData("stat routes svc/users -o wide", "/namespaces/default/routes/services/users?window=30s")]
    [InlineData("routes svc users", "/namespaces/default/routes/services/users?window=30s")]
    [InlineData("routes deploy/web --to svc/users --to-namespace shop", "/namespaces/default/routes/deployments/web?window=30s&to=services%2Fusers&toNamespace=shop")]
    public async Task Options_BecomeTheQuery(string line, string path)
    {
        mesh.Insight = _ => """{"items":[]}""";
        Assert.Equal(ExitCodes.Success, (await RunAsync(line)).ExitCode);
        Assert.Equal($"/apis/insight.tulle.dev/v1{path}", mesh.LastInsight);
    }

    [Fact]
    public async Task Routes_NamedAndNot_ArePrinted()
    {
        mesh.Insight = _ => """
            {"items":[
            {"namespace":"default","service":"users","route":"GET /users/{id}","success":1,"rps":20.04,"latencyMs":{"p50":0.4,"p95":2,"p99":9},"requests":601,"meshErrors":0},
            {"namespace":"shop","service":"till","route":null,"success":0.999,"rps":0.1,"latencyMs":{"p50":1,"p95":1,"p99":1},"requests":3,"meshErrors":1}]}
            """;
        Assert.Equal("""
            ROUTE             SERVICE     SUCCESS    RPS   LATENCY_P50   LATENCY_P95   LATENCY_P99   REQUESTS   MESH_ERRORS
            GET /users/{id}   users       100.00%   20.0         400µs           2ms           9ms        601             0
            [default]         till.shop    99.90%    0.1           1ms           1ms           1ms          3             1

            """, (await RunAsync("routes -o wide")).Output);
    }

    [Theory]
    [InlineData("edges", "No traffic found.\n")]
    [InlineData("routes", "No requests found.\n")]
    public async Task NoRows_SaysSoOnStandardError(string line, string message)
    {
        mesh.Insight = _ => """{"items":[]}""";
        CliResult result = await RunAsync(line);
        Assert.Equal((ExitCodes.Success, "", message), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData("edges sp", "")]
    [InlineData("edges serv", "services\n")]
    [InlineData("rou", "routes\n")]
    public async Task Completion_KnowsTypes(string words, string expected) =>
        Assert.Equal(expected, (await _cli.RunAsync($"__complete {words}")).Output);

    private Task<CliResult> RunAsync(string line) => _cli.RunAsync($"{line} --kubeconfig {mesh.Kubeconfig}");
}
