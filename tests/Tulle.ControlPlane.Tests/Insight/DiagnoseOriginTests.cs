using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary><c>diagnose</c> leads from the service that somebody was woken for to the one where it begins, and to the part of it.</summary>
public sealed class DiagnoseOriginTests
{
    [Fact]
    public async Task Upstream_DegradedOnly_IsNamed()
    {
        await using TestMesh mesh = await MeshOfAsync("web", "users");
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using var reports = new ReportStream(web);
        await reports.SendAsync(Sent("users", 1_000, failed: 40), Received("web", 1_000, failed: 40));
        JsonNode diagnosis = await DiagnosedAsync(mesh, "web", "upstream-failing", "40 of 1000 requests in the last minute, as its own calls fail");
        JsonNode upstream = FindingOf(diagnosis, "upstream-failing");
        Assert.Equal("warning", upstream.Text("level"));
        Assert.StartsWith("40 of 1000 requests that service default/web sent there failed", upstream.Text("what"));
        JsonNode errors = FindingOf(diagnosis, "app-errors");
        Assert.EndsWith(", as its own calls fail", errors.Text("what"));
        Assert.StartsWith("mend what it calls first; ", errors.Text("remedy"));
    }

    [Fact]
    public async Task Upstream_FailingForWhatItCalls_LeadsToTheLast()
    {
        await using TestMesh mesh = await MeshOfAsync("web", "users", "stock");
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0"), users = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using ReportStream ofWeb = new(web), ofUsers = new(users);
        await ofWeb.SendAsync(Sent("users", 100, failed: 50), Received("web", 100, failed: 50));
        await ofUsers.SendAsync(Sent("stock", 100, failed: 50), Received("users", 100, failed: 50));
        JsonNode diagnosis = await DiagnosedAsync(mesh, "web", "upstream-failing", "svc/stock");
        JsonNode finding = FindingOf(diagnosis, "upstream-failing");
        Assert.Equal("look at the last one, where it begins: tulle diagnose svc/stock -n default", finding.Text("remedy"));
        Assert.Contains("most of them fail for what is called behind it: default/users → default/stock", finding["evidence"]!.AsArray().Select(line => line!.GetValue<string>()));
    }

    [Fact]
    public async Task Upstream_WhoseSidecarRefuses_SaysWhereAndWhy()
    {
        await using TestMesh mesh = await MeshOfAsync("web", "users");
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0"), users = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using ReportStream ofWeb = new(web), ofUsers = new(users);
        TrafficDelta answered = Sent("users", 100, failed: 0);
        (answered.Successes, answered.MeshErrors) = (50, 50);
        await ofWeb.SendAsync(answered, Received("web", 100, failed: 50));
        TrafficDelta refused = Received("users", 100, failed: 0);
        refused.PeerIdentity = "spiffe://cluster.local/ns/default/sa/web";
        (refused.Successes, refused.MeshErrors) = (50, 50);
        refused.Errors.Add(new ErrorCount { Reason = "rate-limited", Side = ErrorSide.Local, Count = 50 });
        await ofUsers.SendAsync(refused);
        JsonNode finding = FindingOf(await DiagnosedAsync(mesh, "web", "upstream-failing", "50 of 100 requests that"), "upstream-failing");
        Assert.StartsWith("50 of 100 requests that service default/web sent there failed", finding.Text("what"));
        Assert.Equal("rate-limited at the sidecars of service default/users", finding["evidence"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task AppErrors_OfOneVersion_NameItAndTheRuleThatSendsItTraffic()
    {
        await using TestMesh mesh = await MeshOfAsync("users");
        await mesh.AddServiceAsync("users-v2");
        await mesh.AddPodAsync("users-v2", "users-v2-0", "127.64.0.9", app: "users");
        await mesh.SeenAsync("deploy/users-v2");
        await mesh.ApplyAsync("""
            {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: canary}, spec: {hosts: [users], http: [{route: [
              {destination: {host: users}, weight: 70}, {destination: {host: users-v2}, weight: 30}]}]}}
            """);
        using TestProxy v1 = await TestProxy.ConnectAsync(mesh, "users", "users-0"), v2 = await TestProxy.ConnectAsync(mesh, "users-v2", "users-v2-0");
        using ReportStream ofV1 = new(v1), ofV2 = new(v2);
        await ofV1.SendAsync(Received("users", 700, failed: 1));
        await ofV2.SendAsync(Received("users", 300, failed: 100));
        JsonNode diagnosis = await DiagnosedAsync(mesh, "users", "app-errors", "VirtualService default/canary", "1 of 700", "100 of 300");
        JsonNode finding = FindingOf(diagnosis, "app-errors");
        Assert.EndsWith(", nearly all of them of deployment/users-v2", finding.Text("what"));
        Assert.StartsWith("until it is mended, take its weight away in VirtualService default/canary; its log says why ('tulle logs users-v2'); 'tulle tap deploy/users-v2 ", finding.Text("remedy"));
        Assert.Equal(["100 of 300 requests failed at deployment/users-v2", "1 of 700 requests failed at deployment/users"], finding["evidence"]!.AsArray().Select(line => line!.GetValue<string>()));
    }

    [Fact]
    public async Task SlowUpstream_ThatWaitsItself_LeadsToTheLast()
    {
        await using TestMesh mesh = await MeshOfAsync("web", "users", "stock");
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0"), users = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using ReportStream ofWeb = new(web), ofUsers = new(users);
        await ofWeb.SendAsync(Slow(Sent("users", 100, failed: 0)), Slow(Received("web", 100, failed: 0)));
        await ofUsers.SendAsync(Slow(Sent("stock", 100, failed: 0)), Slow(Received("users", 100, failed: 0)));
        JsonNode diagnosis = await DiagnosedAsync(mesh, "web", "slow-upstream", "behind it for default/stock", "svc/stock");
        JsonNode finding = FindingOf(diagnosis, "slow-upstream");
        Assert.EndsWith(", and behind it for default/stock", finding.Text("what"));
        Assert.Equal("look at the last one: tulle diagnose svc/stock -n default", finding.Text("remedy"));
    }

    // Not the first: the fake sidecars hold no discovery stream, which is told too.
    private static JsonNode FindingOf(JsonNode diagnosis, string cause) => diagnosis["findings"]!.AsArray().First(finding => finding.Text("cause") == cause)!;

    private static async Task<TestMesh> MeshOfAsync(params string[] services)
    {
        TestMesh mesh = await TestMesh.StartAsync();
        for (int i = 0; i < services.Length; i++) await mesh.AddServiceAsync(services[i], $"127.64.0.{i + 2}");
        return mesh;
    }

    private static TrafficDelta Sent(string service, ulong requests, ulong failed) => new()
    {
        Direction = Direction.Outbound,
        PeerWorkload = $"deployment/{service}",
        Service = new ServiceReference { Namespace = "default", Name = service, Port = 80 },
        Requests = requests,
        Successes = requests - failed,
        Failures = failed,
    };

    private static TrafficDelta Received(string service, ulong requests, ulong failed) => new()
    {
        Direction = Direction.Inbound,
        Service = new ServiceReference { Namespace = "default", Name = service, Port = 80 },
        Requests = requests,
        Successes = requests - failed,
        Failures = failed,
    };

    private static TrafficDelta Slow(TrafficDelta delta)
    {
        delta.Indices.Add((uint)LatencyBuckets.IndexOf(2_500_000));
        delta.Counts.Add((uint)delta.Requests);
        return delta;
    }

    /// <summary>Asks until a cause is named and the answer has what was still on its way.</summary>
    private static async Task<JsonNode> DiagnosedAsync(TestMesh mesh, string service, string cause, params string[] texts)
    {
        JsonNode answer = new JsonObject();
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await mesh.Client.GetRawAsync($"/apis/insight.tulle.dev/v1/namespaces/default/diagnose/services/{service}");
                return answer["findings"]!.AsArray().Any(finding => finding.Text("cause") == cause) && texts.All(text => answer.ToJsonString().Contains(text, StringComparison.Ordinal));
            },
            TestMesh.Patience, $"{service} is diagnosed with {cause}", () => answer.ToJsonString());
        return answer;
    }
}
