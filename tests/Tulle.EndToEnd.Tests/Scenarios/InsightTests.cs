using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>stat, tap and check tell what the mesh does.</summary>
public sealed partial class InsightTests(EchoMesh echo)
{
    [Fact]
    public async Task Stat_UnderLoad_ShowsGoldenMetrics()
    {
        await using LoadClient load = echo.Load("/users/1", "user-service-v1").Start(connections: 2, pause: TimeSpan.FromMilliseconds(10));
        CommandResult? stat = null;
        JsonNode json = new JsonObject();
        // The mesh is shared: what a scenario before this one broke on purpose is in the window of thirty seconds still.
        await Eventually.TrueAsync(
            async () =>
            {
                stat = await echo.Mesh.TulleAsync("stat", "deploy/user-service-v1");
                json = JsonNode.Parse((await echo.Mesh.TulleAsync("stat", "deploy/user-service-v1", "-o", "json")).Output)![0]!;
                return StatRow().IsMatch(stat.Output) && json["success"]?.GetValue<double>() == 1 && json["mtls"]?.GetValue<double>() == 1 && json["rps"]!.GetValue<double>() > 1;
            },
            Eventually.Patience, "stat shows the load", () => $"{stat}\n{json.ToJsonString()}\n{echo.Mesh.Show()}");
        await load.StopAsync();
        Assert.True(load.Failures.Count == 0, load.ToString());
    }

    [Fact]
    public async Task Tap_UnderLoad_ShowsRequestsWithTheirIdentity()
    {
        await using LoadClient load = echo.Load("/users/123", "user-service-v1").Start(connections: 1, pause: TimeSpan.FromMilliseconds(50));
        await using RunningProcess tap = echo.Mesh.StartTulle("tap", "deploy/user-service-v1", "--path", "/users");
        await Eventually.TrueAsync(
            () => TapRequest().IsMatch(tap.Output) && TapResponse().IsMatch(tap.Output) && TapEnd().IsMatch(tap.Output),
            Eventually.Patience, "tap shows a whole request", tap.Show);
        Assert.Contains($" src={echo.Client.Address}:", tap.Output);
        tap.Send(Signal.Interrupt);
        Assert.Equal(0, await tap.WaitForExitAsync(Eventually.Patience));
    }

    [Theory]
    [InlineData("tulle tap deploy/user-service-v1 | head -n 1")]
    [InlineData("tulle stat deploy/user-service-v1 -w | head -n 1")]
    public async Task LiveCommand_NobodyReadsAnyMore_Ends(string line)
    {
        await using LoadClient load = echo.Load("/users/123", "user-service-v1").Start(connections: 1, pause: TimeSpan.FromMilliseconds(50));
        CommandResult result = await echo.Mesh.ShellAsync(line, TimeSpan.FromSeconds(60));
        Assert.Single(result.Output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Tap_HeadersOfFailures_ComeWithoutSecrets()
    {
        await using LoadClient load = echo.Load("/users/123", "user-service-v1");
        load.Headers["authorization"] = "Bearer top-secret";
        load.Headers["x-session"] = "top-secret-too";
        load.Headers["x-tenant"] = "top-secret-as-well";
        load.Headers["x-behave"] = "status=418";
        await using LoadClient other = echo.Load("/users/123", "user-service-v1").Start(connections: 1, pause: TimeSpan.FromMilliseconds(50));
        await using RunningProcess tap = echo.Mesh.StartTulle("tap", "ns/default", "--direction", "both", "--headers", "--status", "418", "-o", "wide");
        await Eventually.TrueAsync(
            async () =>
            {
                await load.SendAsync(2, 1);
                return tap.Output.Contains("proxy=in ", StringComparison.Ordinal) && tap.Output.Contains("proxy=out", StringComparison.Ordinal)
                    && tap.Output.Contains("    > x-behave: status=418", StringComparison.Ordinal) && tap.Output.Contains("    < x-version: v1", StringComparison.Ordinal);
            },
            TimeSpan.FromSeconds(60), "tap shows the headers", tap.Show);
        Assert.All(["authorization", "x-session", "x-tenant"], name => Assert.Contains($"    > {name}: <redacted>", tap.Output));
        Assert.DoesNotContain("top-secret", tap.Output);
        Assert.DoesNotContain(":status=200", tap.Output);
        Assert.Contains(" src_res=deployment/client src_ns=default src_pod=client-0 dst_res=deployment/user-service-v1 ", tap.Output);
        tap.Send(Signal.Interrupt);
        Assert.Equal(0, await tap.WaitForExitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Check_HealthyMesh_Succeeds()
    {
        CommandResult check = await echo.Mesh.TulleAsync("check", "--wait", "10s");
        Assert.True(check.ExitCode == 0, check.ToString());
        Assert.EndsWith("Status check results are √\n", check.Output);
    }

    [GeneratedRegex(@"(?m)^NAME +MESHED +SUCCESS +RPS +LATENCY_P50 +LATENCY_P95 +LATENCY_P99 +TCP_CONN\nuser-service-v1 +2/2 +100\.00% +[\d.]+ +\d+(ms|µs) +\d+(ms|µs) +\d+(ms|µs) +\d+$")]
    private static partial Regex StatRow();

    [GeneratedRegex(@"(?m)^req id=\d+:\d+ proxy=in  src=127\.[\d.]+:\d+ dst=127\.[\d.]+:\d+ tls=true :method=GET :authority=user-service-v1 :path=/users/123$")]
    private static partial Regex TapRequest();

    [GeneratedRegex(@"(?m)^rsp id=\d+:\d+ proxy=in  src=\S+ dst=\S+ tls=true :status=200 latency=\d+(ms|µs)$")]
    private static partial Regex TapResponse();

    [GeneratedRegex(@"(?m)^end id=\d+:\d+ proxy=in  src=\S+ dst=\S+ tls=true duration=\d+(ms|µs) response-length=\d+B$")]
    private static partial Regex TapEnd();
}
