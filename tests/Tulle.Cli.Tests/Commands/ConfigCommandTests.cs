using System.Text.Json.Nodes;
using Tulle.Cli.Tests.Testing;

namespace Tulle.Cli.Tests.Commands;

public sealed class ConfigCommandTests(CliMesh mesh) : IClassFixture<CliMesh>, IDisposable
{
    private const string Answer = """
        {"items":[
        {"namespace":"default","kind":"DestinationRule","apiVersion":"networking.istio.io/v1","name":"users","created":"2020-01-01T00:00:00Z","status":"ok","findings":[]},
        {"namespace":"default","kind":"VirtualService","apiVersion":"networking.istio.io/v1","name":"users","created":"2020-01-01T00:00:00Z","status":"warning","findings":[
          {"severity":"warning","field":"spec.hosts[0]","message":"there is no service users in namespace default, so no request is routed by this host; create the service or correct the host"},
          {"severity":"notApplied","field":"spec.gateways","message":"gateways have no effect in this version"}]},
        {"namespace":"","kind":"GatewayClass","apiVersion":"gateway.networking.k8s.io/v1","name":"edge","created":null,"status":"notApplied","findings":[
          {"severity":"notApplied","field":"","message":"GatewayClass has no effect in this version"}]}]}
        """;

    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Config_AllNamespaces_ShowsTheWorstFirstWithItsFindings()
    {
        mesh.Insight = _ => Answer;
        string[] lines = (await RunAsync("config -A")).Output.Split('\n');
        Assert.Matches("^NAMESPACE +KIND +NAME +STATUS +FINDINGS +AGE$", lines[0]);
        Assert.Matches("^default +VirtualService +users +warning +2 +[0-9]+d$", lines[1]);
        Assert.Matches("^- +GatewayClass +edge +notApplied +1 +-$", lines[2]);
        Assert.Matches("^default +DestinationRule +users +ok +0 +[0-9]+d$", lines[3]);
        Assert.Equal(
            [
                "", "VirtualService default/users",
                "  ‼ spec.hosts[0]: there is no service users in namespace default, so no request is routed by this host; create the service or correct the host",
                "  - spec.gateways: gateways have no effect in this version",
                "", "GatewayClass edge", "  - GatewayClass has no effect in this version", "",
            ],
            lines[4..]);
        Assert.Equal("/apis/insight.tulle.dev/v1/configuration", mesh.LastInsight);
    }

    [Theory]
    [InlineData("config vs", "VirtualService")]
    [InlineData("config virtualservice/users dr/none", "VirtualService")]
    [InlineData("config destinationrules users", "DestinationRule")]
    [InlineData("config --status ok", "DestinationRule")]
    [InlineData("config --status notApplied --status warning", "VirtualService,GatewayClass")]
    public async Task Config_Selection_LeavesWhatWasAskedFor(string line, string kinds)
    {
        mesh.Insight = _ => Answer;
        CliResult result = await RunAsync($"{line} -o json");
        Assert.Equal(kinds, string.Join(',', JsonNode.Parse(result.Output)!.AsArray().Select(item => item!["kind"]!.GetValue<string>())));
        Assert.Equal("/apis/insight.tulle.dev/v1/namespaces/default/configuration", mesh.LastInsight);
    }

    [Fact]
    public async Task Config_Json_IsWhatTheApiSays()
    {
        mesh.Insight = _ => Answer;
        JsonNode items = JsonNode.Parse((await RunAsync("config vs -o json")).Output)!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Answer)!["items"]![1], Assert.Single(items.AsArray())));
    }

    [Theory]
    [InlineData("config", "Nothing configures the mesh in namespace default; it works without. 'tulle apply -f FILE' changes what it does.\n")]
    [InlineData("config vs -A", "No such configuration.\n")]
    public async Task Config_Nothing_SaysSoOnStandardError(string line, string expected)
    {
        mesh.Insight = _ => """{"items":[]}""";
        CliResult result = await RunAsync(line);
        Assert.Equal((ExitCodes.Success, "", expected), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("pods")]
    public async Task Config_TypeThatConfiguresNothing_IsAUsageError(string type)
    {
        CliResult result = await RunAsync($"config {type}");
        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains($"'{type}' is no type that configures the mesh", result.Error);
    }

    private Task<CliResult> RunAsync(string line) => _cli.RunAsync($"{line} --kubeconfig {mesh.Kubeconfig}");
}
