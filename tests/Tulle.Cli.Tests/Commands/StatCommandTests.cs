using System.Text.Json.Nodes;
using Tulle.Cli.Tests.Testing;

namespace Tulle.Cli.Tests.Commands;

public sealed class StatCommandTests(CliMesh mesh) : IClassFixture<CliMesh>, IDisposable
{
    private const string One = """
        {"items":[{"namespace":"default","kind":"deployment","name":"user-service","meshed":1,"total":1,"success":1,"rps":45.2,
        "latencyMs":{"p50":12,"p95":20,"p99":45},"tcpConnections":3,"requests":1356,"meshErrors":0,"mtls":1}]}
        """;

    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Stat_OneDeployment_PrintsThePromisedShape()
    {
        mesh.Insight = _ => One;
        CliResult result = await RunAsync("stat deploy/user-service");
        Assert.Equal("""
            NAME           MESHED   SUCCESS    RPS   LATENCY_P50   LATENCY_P95   LATENCY_P99   TCP_CONN
            user-service      1/1   100.00%   45.2          12ms          20ms          45ms          3

            """, result.Output);
        Assert.Equal("", result.Error);
        Assert.Equal("/apis/insight.tulle.dev/v1/namespaces/default/stat/deployments/user-service?window=30s", mesh.LastStat);
    }

    [Fact]
    public async Task Stat_AllNamespaces_PutsTheNamespaceFirst_AndDashesWhereThereIsNothing()
    {
        mesh.Insight = _ => """
            {"items":[
            {"namespace":"default","kind":"deployment","name":"web","meshed":1,"total":2,"success":0.99999,"rps":1.25,"latencyMs":{"p50":0.35,"p95":1.4,"p99":1200},"tcpConnections":1,"requests":40},
            {"namespace":"shop","kind":"deployment","name":"idle","meshed":0,"total":1,"success":null,"rps":0,"latencyMs":null,"tcpConnections":0,"requests":0}]}
            """;
        Assert.Equal("""
            NAMESPACE   NAME   MESHED   SUCCESS   RPS   LATENCY_P50   LATENCY_P95   LATENCY_P99   TCP_CONN
            default     web       1/2    99.99%   1.3         350µs           1ms        1200ms          1
            shop        idle      0/1         -     -             -             -             -          0

            """, (await RunAsync("stat -A")).Output);
        Assert.Equal("/apis/insight.tulle.dev/v1/stat/deployments?window=30s", mesh.LastStat);
    }

    [Fact]
    public async Task Stat_NoRows_SaysSoOnStandardError()
    {
        mesh.Insight = _ => """{"items":[]}""";
        CliResult result = await RunAsync("stat deploy");
        Assert.Equal((ExitCodes.Success, "", "No traffic found.\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task Stat_CallsThatReachNoServer_AreNamedBelowIt()
    {
        const string Numbers = """
            "rps":30,"latencyMs":null,"requests":900,"meshErrors":0
            """;
        mesh.Insight = path => path == "/apis/insight.tulle.dev/v1/namespaces/default/calls?window=30s&health=failing" ? $$"""
            {"items":[
            {"source":{"namespace":"default","workload":"deployment/pricing"},"namespace":"default","service":"currency","health":"failing","success":0.5,{{Numbers}}},
            {"source":{"namespace":null,"workload":null,"identity":null},"namespace":"shop","service":"users","health":"failing","success":0.9,{{Numbers}}}]}
            """ : One;
        CliResult result = await RunAsync("stat deploy");
        Assert.Equal("\nFailing calls, as their callers see them:\n  pricing → currency: 50.00% of 30.0 requests/s succeed; 'tulle diagnose currency -n default' says why\n  outside the mesh → users: 90.00% of 30.0 requests/s succeed; 'tulle diagnose users -n shop' says why\n", result.Error);
        Assert.DoesNotContain("Failing", result.Output);
        Assert.Equal("", (await RunAsync("stat deploy --from deploy/web")).Error);
    }

    [Fact]
    public async Task Stat_Json_IsAnArrayOnStandardOutput()
    {
        mesh.Insight = _ => One;
        JsonArray rows = JsonNode.Parse((await RunAsync("stat deploy -o json")).Output)!.AsArray();
        JsonNode row = Assert.Single(rows)!;
        Assert.Equal("1/1", row["meshed"]!.GetValue<string>());
        Assert.Equal(45, row["latency_ms_p99"]!.GetValue<double>());
        Assert.Equal(3, row["tcp_open_connections"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("stat po x -n shop", "/namespaces/shop/stat/pods/x?window=30s")]
    [InlineData("stat svc --window 1m", "/namespaces/default/stat/services?window=60s")]
    [InlineData("stat ns", "/stat/namespaces?window=30s")]
    [InlineData("stat deploy --from deploy/web --from-namespace edge", "/namespaces/default/stat/deployments?window=30s&from=deployments%2Fweb&fromNamespace=edge")]
    [InlineData("stat deploy/web --to svc/users", "/namespaces/default/stat/deployments/web?window=30s&to=services%2Fusers")]
    public async Task Stat_Options_BecomeTheQuery(string line, string path)
    {
        mesh.Insight = _ => One;
        Assert.Equal(ExitCodes.Success, (await RunAsync(line)).ExitCode);
        Assert.Equal($"/apis/insight.tulle.dev/v1{path}", mesh.LastStat);
    }

    [Theory]
    [InlineData("stat spoons", "knows no type 'spoons'")]
    [InlineData("stat deploy --window soon", "'soon' is no duration")]
    [InlineData("stat deploy a b", "is not TYPE, TYPE/NAME or TYPE NAME")]
    public async Task Stat_WrongLine_IsAUsageError(string line, string message)
    {
        CliResult result = await RunAsync(line);
        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains(message, result.Error);
    }

    [Fact]
    public async Task Stat_NameThatDoesNotExist_IsToldFromNoTraffic()
    {
        mesh.Insight = _ => """{"items":[]}""";
        CliResult result = await RunAsync("stat deploy/nobody");
        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        Assert.Contains("there is no deployment.apps \"nobody\" in namespace default", result.Error);
    }

    private Task<CliResult> RunAsync(string line) => _cli.RunAsync($"{line} --kubeconfig {mesh.Kubeconfig}");
}
