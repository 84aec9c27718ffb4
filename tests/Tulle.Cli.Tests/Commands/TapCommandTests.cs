using Tulle.Cli.Tests.Testing;

namespace Tulle.Cli.Tests.Commands;

public sealed class TapCommandTests(CliMesh mesh) : IClassFixture<CliMesh>, IDisposable
{
    private const string Events = """
        {"type":"req","id":"1:1","proxy":"in","src":"10.1.2.3:45678","dst":"10.1.2.4:8080","tls":true,"peer":"spiffe://cluster.local/ns/default/sa/web","method":"GET","authority":"user-service","path":"/users/123"}
        {"type":"rsp","id":"1:1","proxy":"in","src":"10.1.2.3:45678","dst":"10.1.2.4:8080","tls":true,"status":200,"latencyMicros":15000}
        {"type":"end","id":"1:1","proxy":"in","src":"10.1.2.3:45678","dst":"10.1.2.4:8080","tls":true,"durationMicros":16000,"responseBytes":120}
        {"type":"rsp","id":"2:7","proxy":"out","src":"10.1.2.3:45678","dst":"","tls":false,"status":503,"latencyMicros":250,"meshError":"no-endpoints"}

        """;

    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Tap_Events_PrintThePromisedShape()
    {
        mesh.Insight = _ => Events;
        CliResult result = await RunAsync("tap deploy/user-service");
        Assert.Equal("""
            req id=1:1 proxy=in  src=10.1.2.3:45678 dst=10.1.2.4:8080 tls=true :method=GET :authority=user-service :path=/users/123
            rsp id=1:1 proxy=in  src=10.1.2.3:45678 dst=10.1.2.4:8080 tls=true :status=200 latency=15ms
            end id=1:1 proxy=in  src=10.1.2.3:45678 dst=10.1.2.4:8080 tls=true duration=16ms response-length=120B
            rsp id=2:7 proxy=out src=10.1.2.3:45678 dst= tls=false :status=503 latency=250µs tulle-error=no-endpoints

            """, result.Output);
    }

    [Fact]
    public async Task Tap_Json_PassesEventsOn()
    {
        mesh.Insight = _ => Events;
        Assert.Equal(Events, (await RunAsync("tap deploy/user-service -o json")).Output);
    }

    [Fact]
    public async Task Tap_Wide_NamesBothSides_AndHeadersComeBelow()
    {
        mesh.Insight = _ => """
            {"type":"req","id":"1:1","proxy":"in","src":"10.1.2.3:45678","dst":"10.1.2.4:8080","tls":true,"peer":"spiffe://x","source":{"namespace":"shop","pod":"web-0","workload":"deployment/web"},"method":"GET","authority":"a","path":"/","headers":[{"name":"cookie","value":"<redacted>"},{"name":"accept","value":"*/*"}]}
            {"type":"end","id":"1:1","proxy":"in","src":"10.1.2.3:45678","dst":"10.1.2.4:8080","tls":true,"durationMicros":16000,"responseBytes":120,"trailers":[{"name":"grpc-status","value":"0"}]}

            """;
        CliResult result = await RunAsync("tap deploy/user-service -o wide --headers");
        Assert.Equal("""
            req id=1:1 proxy=in  src=10.1.2.3:45678 dst=10.1.2.4:8080 tls=true :method=GET :authority=a :path=/ src_res=deployment/web src_ns=shop src_pod=web-0 peer=spiffe://x
                > cookie: <redacted>
                > accept: */*
            end id=1:1 proxy=in  src=10.1.2.3:45678 dst=10.1.2.4:8080 tls=true duration=16ms response-length=120B
                < grpc-status: 0

            """, result.Output);
        Assert.EndsWith("?headers=true&maxRps=100", mesh.LastInsight);
    }

    [Fact]
    public async Task Tap_Losses_AreSaid()
    {
        mesh.Insight = _ => """
            {"type":"loss","events":3,"requests":0}
            {"type":"loss","events":40,"requests":7}

            """;
        CliResult result = await RunAsync("tap deploy/user-service -o json");
        Assert.Equal("", result.Output);
        Assert.Contains("3 events were dropped", result.Error);
        Assert.Contains("40 events were dropped", result.Error);
        Assert.Contains("7 requests were left out, beyond --max-rps", result.Error);
    }

    [Fact]
    public async Task Tap_Filters_BecomeTheQuery()
    {
        mesh.Insight = _ => Events;
        await RunAsync("tap deploy/web -n shop --method post --path /a --authority users --status 5xx --direction out --redact x-a --redact x-b --max-rps 5 --to svc/users");
        Assert.Equal(
            "/apis/insight.tulle.dev/v1/namespaces/shop/tap/deployments/web?method=POST&path=%2Fa&authority=users&status=5xx&direction=out&redact=x-a%2Cx-b&maxRps=5&to=services%2Fusers",
            mesh.LastInsight);
    }

    [Fact]
    public async Task Tap_EndedByTheMesh_IsSaid()
    {
        mesh.Insight = _ => Events;
        CliResult result = await RunAsync("tap deploy/web");
        Assert.Equal(ExitCodes.NoMesh, result.ExitCode);
        Assert.Contains("the mesh ended the tap", result.Error);
    }

    [Theory]
    [InlineData("tap deploy", "name it")]
    [InlineData("tap deploy/web --max-rps 0", "--max-rps must be 1 or more")]
    public async Task Tap_WrongLine_IsAUsageError(string line, string message)
    {
        CliResult result = await RunAsync(line);
        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains(message, result.Error);
    }

    private Task<CliResult> RunAsync(string line) => _cli.RunAsync($"{line} --kubeconfig {mesh.Kubeconfig}");
}
