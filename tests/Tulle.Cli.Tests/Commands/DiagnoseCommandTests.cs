using System.Text.Json.Nodes;
using Tulle.Cli.Tests.Testing;

namespace Tulle.Cli.Tests.Commands;

public sealed class DiagnoseCommandTests(CliMesh mesh) : IClassFixture<CliMesh>, IDisposable
{
    private const string Broken = """
        {"namespace":"default","kind":"service","name":"users","services":["users"],"verdict":"broken","summary":"no DestinationRule defines subset v9",
         "findings":[{"cause":"missing-subset","level":"error","where":"VirtualService default/users","what":"no DestinationRule defines subset v9",
                      "evidence":["5 requests failed"],"remedy":"apply one"}],
         "examined":[{"service":"users","area":"service","result":"ok","text":"port 80"},{"service":"users","area":"configuration","result":"error","text":"routed by VirtualService default/users"}]}
        """;

    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Diagnose_CauseFound_SaysWhatToDo_AndFails()
    {
        mesh.Insight = _ => Broken;
        CliResult result = await _cli.RunAsync($"diagnose users --kubeconfig {mesh.Kubeconfig}");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("""
            service default/users is broken
            no DestinationRule defines subset v9

            × missing-subset
                where:  VirtualService default/users
                what:   no DestinationRule defines subset v9
                seen:   5 requests failed
                do:     apply one

            Looked at:
              √ service        port 80
              × configuration  routed by VirtualService default/users

            """, result.Output);
        Assert.Equal("/apis/insight.tulle.dev/v1/namespaces/default/diagnose/services/users?window=60s", mesh.LastInsight);
    }

    [Fact]
    public async Task Diagnose_Healthy_Succeeds()
    {
        mesh.Insight = _ => """{"namespace":"default","kind":"deployment","name":"users","services":["users"],"verdict":"healthy","summary":"all is well","findings":[],"examined":[]}""";
        CliResult result = await _cli.RunAsync($"diagnose deploy/users --kubeconfig {mesh.Kubeconfig} -n shop -t 5m");
        Assert.Equal((0, "deployment default/users is healthy\nall is well\n"), (result.ExitCode, result.Output));
        Assert.Equal("/apis/insight.tulle.dev/v1/namespaces/shop/diagnose/deployments/users?window=300s", mesh.LastInsight);
    }

    [Fact]
    public async Task Diagnose_Json_IsWhatTheApiSays()
    {
        mesh.Insight = _ => Broken;
        CliResult result = await _cli.RunAsync($"diagnose users -o json --kubeconfig {mesh.Kubeconfig}");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Broken), JsonNode.Parse(result.Output)), result.Output);
    }

    [Fact]
    public async Task Diagnose_ApiDoesNotAnswer_SaysThatTheControlPlaneIsDown()
    {
        string kubeconfig = _cli.Write("kubeconfig", (await File.ReadAllTextAsync(mesh.Kubeconfig)).Replace("https://127.0.0.1:", "https://127.0.0.2:", StringComparison.Ordinal));
        CliResult result = await _cli.RunAsync($"diagnose users -o json --kubeconfig {kubeconfig}");
        JsonNode answer = JsonNode.Parse(result.Output)!;
        Assert.Equal((1, "control-plane-down", "broken"), (result.ExitCode, answer["findings"]![0]!["cause"]!.GetValue<string>(), answer["verdict"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("diagnose")]
    [InlineData("diagnose pods/x")]
    [InlineData("diagnose deploy")]
    public async Task Diagnose_NotOneService_IsUsage(string line)
    {
        CliResult result = await _cli.RunAsync($"{line} --kubeconfig {mesh.Kubeconfig}".Replace("deploy ", "deploy/ ", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.Usage, result.ExitCode);
    }
}
