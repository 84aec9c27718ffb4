using System.Text.Json.Nodes;
using Tulle.Cli.Tests.Testing;

namespace Tulle.Cli.Tests.Commands;

public sealed class TraceCommandTests(CliMesh mesh) : IClassFixture<CliMesh>, IDisposable
{
    private const string List = """
        {"items":[
        {"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","namespace":"default","service":"web","name":"GET /users/{id}","startMicros":1000000000,"durationMicros":45210,
         "status":503,"error":true,"spans":4,"errors":2,"complete":true,"kept":"error","services":[{"namespace":"default","name":"web","spans":2,"errors":1},{"namespace":"shop","name":"users","spans":2,"errors":1}]},
        {"traceId":"5bf92f3577b34da6a3ce929d0e0e4736","namespace":"shop","service":"till","name":"POST","startMicros":1000000000,"durationMicros":210,
         "status":null,"error":false,"spans":1,"errors":0,"complete":false,"kept":"sampled","services":[{"namespace":"shop","name":"till","spans":1,"errors":0}]}],
         "more":true}
        """;

    private const string One = """
        {"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","namespace":"default","service":"web","name":"GET","startMicros":1767225600000000,"durationMicros":100000,"status":503,
         "error":true,"errors":1,"complete":false,"kept":"error","services":[{"namespace":"default","name":"web","spans":1,"errors":1},{"namespace":"shop","name":"users","spans":2,"errors":0}],
         "spans":[
         {"spanId":"0000000000000001","parentId":null,"depth":0,"kind":"client","source":"outbound","namespace":"default","service":"web","workload":"deployment/web","pod":"web-0",
          "name":"GET","startMicros":1767225600000000,"durationMicros":100000,"error":true,"message":"answered by the mesh: timeout","attributes":{"http.response.status_code":503},"events":[]},
         {"spanId":"0000000000000002","parentId":"0000000000000001","depth":1,"kind":"server","source":"inbound","namespace":"shop","service":"users","workload":"","pod":"users-0",
          "name":"GET /users/{id}","startMicros":1767225600050000,"durationMicros":50000,"error":false,"message":"","attributes":{"http.response.status_code":200},"events":[]},
         {"spanId":"0000000000000003","parentId":"0000000000000002","depth":2,"kind":"internal","source":"application","namespace":"shop","service":"users","workload":"","pod":"",
          "name":"que\u001b[31mry","startMicros":1767225600060000,"durationMicros":100,"error":false,"message":"","attributes":{},"events":[]}]}
        """;

    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task List_Traces_ArePrinted()
    {
        mesh.Insight = _ => List;
        CliResult result = await RunAsync("trace -o wide");
        string[] lines = result.Output.Split('\n');
        Assert.Matches("^TRACE +AGE +DURATION +SPANS +ERRORS +STATUS +SERVICE +NAME +KEPT +COMPLETE +SERVICES$", lines[0]);
        Assert.Matches("^4bf92f3577b34da6a3ce929d0e0e4736 +[0-9]+d +45ms +4 +2 +503 +web +GET /users/{id} +error +yes +web,users.shop$", lines[1]);
        Assert.Matches("^5bf92f3577b34da6a3ce929d0e0e4736 +[0-9]+d +210µs +1 +0 +- +till.shop +POST +sampled +no +till.shop$", lines[2]);
        Assert.Equal("There are more; see --limit.\n", result.Error);
    }

    [Fact]
    public async Task List_OfFailedTraces_NamesTheServiceThatFailed()
    {
        mesh.Insight = _ => List.Replace("\"kept\":\"error\"", "\"kept\":\"error\",\"failed\":{\"namespace\":\"shop\",\"service\":\"users\",\"name\":\"GET\",\"status\":500,\"message\":\"\"}", StringComparison.Ordinal);
        string[] lines = (await RunAsync("trace --error")).Output.Split('\n');
        Assert.Matches("^TRACE +AGE +DURATION +SPANS +ERRORS +STATUS +SERVICE +FAILED +NAME$", lines[0]);
        Assert.Matches("^4bf92f3577b34da6a3ce929d0e0e4736 +[0-9]+d +45ms +4 +2 +503 +web +users.shop 500 +GET /users/{id}$", lines[1]);
        Assert.Matches(" till.shop +- +POST$", lines[2]);
    }

    [Theory]
    [InlineData("trace", "/namespaces/default/traces?limit=20")]
    [InlineData("trace -A --error --since 10m", "/traces?error=true&since=600s&limit=20")]
    [InlineData("trace -s web --min-duration 1.5s --max-duration 2s", "/namespaces/default/traces?service=web&minDuration=1500000us&maxDuration=2000000us&limit=20")]
    [InlineData("trace --tag a=b --tag c --status 5xx --limit 5 -n shop", "/namespaces/shop/traces?status=5xx&limit=5&tag=a%3Db&tag=c")]
    [InlineData("trace 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "/traces/00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    public async Task Options_BecomeTheQuery(string line, string path)
    {
        mesh.Insight = _ => """{"items":[]}""";
        Assert.Equal(ExitCodes.Success, (await RunAsync(line)).ExitCode);
        Assert.Equal($"/apis/insight.tulle.dev/v1{path}", mesh.LastInsight);
    }

    [Fact]
    public async Task One_Trace_IsAWaterfall()
    {
        mesh.Insight = _ => One;
        Assert.Equal("""
            Trace     4bf92f3577b34da6a3ce929d0e0e4736
            Request   web: GET
            Began     2026-01-01T00:00:00.000Z, took 100ms
            Spans     3 of 2 services, 1 failed
            Kept      because something failed

            web → GET                      │████████████████████████████████████████████████████████████████████████│  100ms 503
              answered by the mesh: timeout
              users.shop ← GET /users/{id} │                                    ████████████████████████████████████│   50ms 200
                users.shop • que�[31mry    │                                           █                            │  100µs
            Not complete: the request was not sampled, so only its spans that failed are known; 'tulle up --trace-sampling' or a
            Telemetry has more of the next ones recorded.

            """, (await RunAsync($"trace {new string('4', 32)}")).Output, ignoreLineEndingDifferences: true);
    }

    [Theory]
    [InlineData(1, "Not complete yet: it has only just ended")]
    [InlineData(60, "Not complete: a span names a parent that was not reported")]
    public async Task One_ParentIsNotThere_SaysWhy(int secondsAgo, string because)
    {
        long start = (TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - secondsAgo * 1_000) * 1_000;
        mesh.Insight = _ => One.Replace("\"kept\":\"error\"", "\"kept\":\"sampled\"", StringComparison.Ordinal).Replace("1767225600000000", $"{start}", StringComparison.Ordinal);
        Assert.Contains(because, (await RunAsync($"trace {new string('4', 32)}")).Output);
    }

    [Fact]
    public async Task One_Json_IsWhatTheApiSays()
    {
        mesh.Insight = _ => One;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(One), JsonNode.Parse((await RunAsync($"trace {new string('4', 32)} -o json")).Output)));
    }

    [Fact]
    public async Task NoTraces_SaysWhyOnStandardError()
    {
        mesh.Insight = _ => """{"items":[]}""";
        CliResult result = await RunAsync("trace");
        Assert.Equal((ExitCodes.Success, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("No traces found. One request in a hundred is recorded", result.Error);
    }

    [Theory]
    [InlineData("up --trace-sampling 101", "'101' is no percentage from 0 to 100, nor off")]
    [InlineData("up --otlp-endpoint collector", "is no URL of a collector")]
    [InlineData("trace --limit 0", "--limit must be from 1 to 1000")]
    public async Task WrongValue_SaysWhatToWrite(string line, string expected)
    {
        CliResult result = await _cli.RunAsync(line);
        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(string line) => _cli.RunAsync($"{line} --kubeconfig {mesh.Kubeconfig}");
}
