using System.Text.Json.Nodes;
using Tulle.Cli.Tests.Testing;

namespace Tulle.Cli.Tests.Commands;

public sealed class DescribeCommandTests(CliMesh mesh) : IClassFixture<CliMesh>, IDisposable
{
    private const string Answer = """
        {"namespace":"default","name":"users","client":{"namespace":"default","workload":null},
         "ports":[{"port":80,"name":"http","protocol":"detect",
          "routes":[
           {"name":"VirtualService/default/users#0","object":{"kind":"VirtualService","namespace":"default","name":"users"},"matches":"path starts with /users","answer":null,
            "backends":[{"backend":"users.default:80|v1","weight":9,"share":0.9},{"backend":"users.default:80|v2","weight":1,"share":0.1}],"mirrors":[],
            "timeouts":{"requestMs":3000,"responseMs":null,"idleMs":null,"streamMs":null},"retries":{"limit":2,"perTryTimeoutMs":null,"on":["5xx"],"statusCodes":[],"anyMethod":true},
            "fault":null,"rateLimit":null,"changes":[]},
           {"name":"VirtualService/default/users#unmatched","object":{"kind":"VirtualService","namespace":"default","name":"users"},"matches":"every request","answer":"answers 404: no rule before it takes the request",
            "backends":[],"mirrors":[],"timeouts":null,"retries":null,"fault":null,"rateLimit":null,"changes":[]}],
          "connectionRoutes":[],"namedRoutes":[],"retryBudget":null}],
         "backends":[{"name":"users.default:80|v1","service":null,"subset":"v1","labels":{},"protocol":"http1","endpoints":2,"meshed":2,"mtls":"strict","loadBalancer":null,"connectionPool":null,
           "outlierDetection":{},"failureAccrual":null,"healthCheck":null}],
         "decisions":[{"object":{"kind":"VirtualService","namespace":"default","name":"users"},"rule":null,"ports":[80],"applied":true,"why":"the service is a host of it"},
          {"object":{"kind":"TrafficSplit","namespace":"default","name":"split"},"rule":null,"ports":[80],"applied":false,"why":"VirtualService default/users routes the service and comes before a TrafficSplit"}],
         "warnings":[{"object":{"kind":"Service","namespace":"default","name":"users"},"severity":"warning","field":"","message":"backend x has no ready endpoint"}]}
        """;

    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Describe_Service_SaysWhatDecides()
    {
        mesh.Insight = _ => Answer;
        CliResult result = await RunAsync("describe svc/users");
        Assert.Equal("""
            Service default/users, as any client in namespace default sees it

            Port 80 http (detect)
              1 path starts with /users
                to       90 % users.default:80|v1, 10 % users.default:80|v2
                with     timeout 3000 ms; 2 retries on 5xx
                because  of VirtualService/default/users#0
              2 every request
                then     answers 404: no rule before it takes the request
                because  of VirtualService/default/users#unmatched

            Backends
              NAME                  ENDPOINTS   MESHED   MTLS     POLICY
              users.default:80|v1           2        2   strict   outlier ejection

            Decisions, what comes first first
              √ VirtualService default/users: the service is a host of it
              - TrafficSplit default/split: VirtualService default/users routes the service and comes before a TrafficSplit

            Warnings
              ! Service default/users: backend x has no ready endpoint

            """, result.Output);
        Assert.Equal("/apis/insight.tulle.dev/v1/namespaces/default/effective/services/users", mesh.LastInsight);
    }

    [Fact]
    public async Task Describe_JsonFromAClient_IsTheAnswerOfTheApi()
    {
        mesh.Insight = _ => Answer;
        CliResult result = await RunAsync("describe svc users -n shop --from deploy/web -o json");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Answer), JsonNode.Parse(result.Output)));
        Assert.Equal("/apis/insight.tulle.dev/v1/namespaces/shop/effective/services/users?from=deployments%2Fweb", mesh.LastInsight);
    }

    [Theory]
    [InlineData("describe deploy/users")]
    [InlineData("describe svc")]
    public async Task Describe_NoService_IsAUsageError(string line)
    {
        CliResult result = await RunAsync(line);
        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains("tulle describe svc/NAME", result.Error);
    }

    private Task<CliResult> RunAsync(string line) => _cli.RunAsync($"{line} --kubeconfig {mesh.Kubeconfig}");
}
