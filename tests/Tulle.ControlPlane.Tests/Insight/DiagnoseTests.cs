using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary>Causes that no end-to-end test stages.</summary>
public sealed class DiagnoseTests
{
    [Theory]
    [InlineData("{ host: nowhere }", "unknown-destination", "service default/nowhere, which does not exist")]
    [InlineData("{ host: users, port: { number: 8081 } }", "wrong-port", "port 8081 of service default/users, which has port 80")]
    [InlineData("{ host: users, subset: v2 }", "empty-subset", "labels (version=v2) no ready endpoint has")]
    [InlineData("{ host: users, subset: v9 }", "missing-subset", "subset v9")]
    public async Task Route_LeadsNowhere_IsNamed(string destination, string cause, string what)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.ApplyAsync($$"""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: { name: users }
            spec: { host: users, subsets: [{ name: v2, labels: { version: v2 } }] }
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: { name: users }
            spec: { hosts: [users], http: [{ route: [{ destination: {{destination}} }] }] }
            """);
        JsonNode finding = await FirstAsync(mesh, cause);
        Assert.Equal("VirtualService default/users", finding.Text("where"));
        Assert.Contains(what, finding.Text("what"));
    }

    [Fact]
    public async Task Client_AsksForAPortThatIsNotThere_IsNamed()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("web", "127.64.0.3");
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using TestStream stream = await TestStream.OpenAsync(web);
        await stream.SubscribeAsync("users:8080");
        JsonNode finding = await FirstAsync(mesh, "wrong-port");
        Assert.Equal(("pod default/web-0", "it calls users:8080, but the service has port 80"), (finding.Text("where"), finding.Text("what")));
    }

    [Theory]
    [InlineData("fault-abort", ErrorSide.Local, "fault-injected")]
    [InlineData("rate-limited", ErrorSide.Local, "rate-limited")]
    [InlineData("no-route", ErrorSide.Downstream, "no-route")]
    [InlineData("route-timeout", ErrorSide.Upstream, "slow-upstream")]
    [InlineData("too-many-pending", ErrorSide.Local, "breaker-open")]
    [InlineData("upstream-reset", ErrorSide.Upstream, "mesh-errors")]
    public async Task MeshErrors_OfAClient_AreExplained(string reason, ErrorSide side, string cause)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("web", "127.64.0.3");
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using var reports = new ReportStream(web);
        await reports.SendAsync(Sent(reason, side));
        await FirstAsync(mesh, cause);
    }

    [Theory]
    [InlineData("{ delay: { fixedDelay: 2s, percentage: { value: 100 } } }", "100 % are delayed by 2000 ms")]
    [InlineData("{ abort: { httpStatus: 503, percentage: { value: 20 } } }", "20 % are aborted with 503")]
    public async Task Fault_InForce_IsNamedWithItsObject(string fault, string what)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.ApplyAsync($$$"""{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: chaos}, spec: {hosts: [users], http: [{fault: {{{fault}}}, route: [{destination: {host: users}}]}]}}""");
        JsonNode finding = await FirstAsync(mesh, "fault-injected");
        Assert.Equal(("warning", "VirtualService default/chaos"), (finding.Text("level"), finding.Text("where")));
        Assert.EndsWith(what, finding.Text("what"));
    }

    [Theory]
    [InlineData(100, "info")]
    [InlineData(97, "info")]
    [InlineData(50, "error")]
    public async Task Upstream_Failing_IsNamedToItsCaller(int ownSuccesses, string level)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("web", "127.64.0.3");
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using TestStream stream = await TestStream.OpenAsync(web);
        using var reports = new ReportStream(web);
        await reports.SendAsync(Sent("connect-failed", ErrorSide.Upstream), Received("web", ownSuccesses));
        JsonNode finding = await FindAsync(mesh, "upstream-failing", "services/web", findings => findings.FirstOrDefault() is { } first && first.Text("cause") == "upstream-failing" ? first : null);
        Assert.Equal((level, "service default/users"), (finding.Text("level"), finding.Text("where")));
        Assert.StartsWith("50 of 100 requests that service default/web sent there failed", finding.Text("what"));
        Assert.Equal("look at that one: tulle diagnose svc/users -n default", finding.Text("remedy"));
    }

    [Fact]
    public async Task SlowService_WhoseRuleDelays_IsNotBlamedOnTheNetwork()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("web", "127.64.0.3");
        await mesh.ApplyAsync("{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: chaos}, spec: {hosts: [users], http: [{fault: {delay: {fixedDelay: 2s, percentage: {value: 100}}}, route: [{destination: {host: users}}]}]}}");
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using var reports = new ReportStream(web);
        TrafficDelta sent = Sent("client-reset", ErrorSide.Downstream);
        sent.Indices.Add((uint)LatencyBuckets.IndexOf(2_000_000));
        sent.Counts.Add(100);
        await reports.SendAsync(sent);
        JsonNode finding = await AnyAsync(mesh, "slow-upstream");
        Assert.EndsWith("the time is spent in a delay that VirtualService default/chaos injects on purpose", finding.Text("what"));
    }

    [Theory]
    [InlineData("", "it waits for service default/users (p95 ")]
    [InlineData("{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: chaos}, spec: {hosts: [users], http: [{fault: {delay: {fixedDelay: 3s, percentage: {value: 100}}}, route: [{destination: {host: users}}]}]}}",
        "the time is spent in a delay that VirtualService default/chaos injects on purpose into its calls of service default/users")]
    public async Task SlowUpstream_ThatItselfWaits_NamesWhatItWaitsFor(string rule, string what)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("web", "127.64.0.3");
        if (rule.Length > 0) await mesh.ApplyAsync(rule);
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using var reports = new ReportStream(web);
        TrafficDelta sent = Sent("connect-failed", ErrorSide.Upstream), received = Received("web", 100);
        sent.Errors.Clear();
        foreach (TrafficDelta delta in (TrafficDelta[])[sent, received])
        {
            delta.Indices.Add((uint)LatencyBuckets.IndexOf(2_500_000));
            delta.Counts.Add(100);
        }
        await reports.SendAsync(sent, received);
        JsonNode finding = await FindAsync(mesh, "slow-upstream", "services/web", findings => findings.FirstOrDefault(finding => finding.Text("cause") == "slow-upstream" && finding.Text("what")!.Contains(what)));
        Assert.Equal("warning", finding.Text("level"));
    }

    [Fact]
    public async Task Certificate_NotRenewed_IsAWarning()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy users = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using TestStream stream = await TestStream.OpenAsync(users);
        using var reports = new ReportStream(users);
        await reports.SendAsync(new HealthReport
        {
            Certificate = new ProxyCertificate { SpiffeId = "spiffe://x", NotAfterUnix = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds(), LastError = "the token is not valid" },
        });
        JsonNode finding = await FirstAsync(mesh, "certificate-not-renewed");
        Assert.Equal("warning", finding.Text("level"));
        Assert.Contains("the token is not valid", finding["evidence"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task Configuration_Refused_IsNamed()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy users = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using TestStream stream = await TestStream.OpenAsync(users);
        ulong version = (await stream.NextAsync(response => response.Inbound is not null)).Inbound.Version;
        await stream.AcknowledgeAsync("inbound", version, "a port is listed twice");
        Assert.Contains("a port is listed twice", (await FirstAsync(mesh, "configuration-refused")).Text("what"));
    }

    [Theory]
    [InlineData("ContainerCreating, message: ''", 0, "CrashLoopBackOff, message: 'cannot listen on 127.0.0.1:8080'", 3, "sidecar-down", "container tulle-proxy waits: CrashLoopBackOff (cannot listen on 127.0.0.1:8080)")]
    [InlineData("CrashLoopBackOff, message: 'app ended with exit code 1'", 2, "ContainerCreating, message: ''", 0, "app-down", "container app waits: CrashLoopBackOff (app ended with exit code 1)")]
    public async Task Pod_OfWhichOneContainerFails_IsExplainedByThatOne(string app, int appRestarts, string proxy, int proxyRestarts, string cause, string evidence)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        JsonObject status = (JsonObject)JsonNode.Parse("{}")!;
        status["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "False" });
        status["containerStatuses"] = new JsonArray(Container("app", app, appRestarts), Container("tulle-proxy", proxy, proxyRestarts));
        await mesh.Client.PatchAsync(ResourcePath.Of("", "v1", "pods", "default", "users-0").WithSubresource("status"), PatchKind.Merge, new JsonObject { ["status"] = status }, null, default);
        JsonNode finding = await FirstAsync(mesh, cause);
        Assert.StartsWith($"users-0: {evidence}", finding["evidence"]![0]!.GetValue<string>());
        Assert.Equal(cause == "sidecar-down", finding.Text("remedy")!.Contains("tulle logs users-0 --proxy", StringComparison.Ordinal));

        static JsonObject Container(string name, string waiting, int restarts) => new()
        {
            ["name"] = name,
            ["ready"] = false,
            ["restartCount"] = restarts,
            ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = waiting.Split(',')[0], ["message"] = waiting.Split('\'')[1] } },
        };
    }

    [Fact]
    public async Task Deployment_WithoutService_IsSaid()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.SeenAsync("deploy/users");
        await mesh.DeleteAsync("", "services", "users");
        await FirstAsync(mesh, "no-service", "deployments/users");
    }

    [Fact]
    public async Task Deployment_ThatOnlyCallsOthers_IsJudgedByItsCalls()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("batch", "127.64.0.3");
        await mesh.DeleteAsync("", "services", "batch");
        using TestProxy batch = await TestProxy.ConnectAsync(mesh, "batch", "batch-0");
        using TestStream stream = await TestStream.OpenAsync(batch);
        using var reports = new ReportStream(batch);
        TrafficDelta sent = Sent("connect-failed", ErrorSide.Upstream);
        (sent.Successes, sent.MeshErrors) = (100, 0);
        sent.Errors.Clear();
        await reports.SendAsync(sent);
        JsonNode client = await FindAsync(mesh, "no-service", "deployments/batch", findings => findings.FirstOrDefault(finding => finding.Text("level") == "info"));
        Assert.Equal("healthy", client.Root.Text("verdict"));
        Assert.Equal("all is well: it sent 100 requests in the last minute, and no service that it called fails", client.Root.Text("summary"));
        Assert.Contains(client.Root["examined"]!.AsArray(), area => area.Text("area") == "upstreams" && area.Text("text") == "calls users; all well");

        await reports.SendAsync(Sent("connect-failed", ErrorSide.Upstream));
        JsonNode failing = await FirstAsync(mesh, "upstream-failing", "deployments/batch");
        Assert.Equal("error", failing.Text("level"));
        Assert.StartsWith("50 of 200 requests that deployment default/batch sent there failed in the last minute", failing.Text("what"));
        Assert.DoesNotContain("copes", failing.Text("what")!);
    }

    [Fact]
    public async Task Failures_ThatHaveStopped_AreSaidToBeOver()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy users = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using TestStream stream = await TestStream.OpenAsync(users);
        using var reports = new ReportStream(users);
        // So many that what follows does not outweigh them.
        TrafficDelta failures = Received("users", 0);
        failures.Requests = failures.Failures = 1_000_000;
        await reports.SendAsync(failures);
        JsonNode failing = await FindAsync(mesh, "app-errors", "services/users", findings => findings.FirstOrDefault(finding => finding.Text("cause") == "app-errors" && finding!.Root.Text("verdict") == "broken"));
        Assert.DoesNotContain("it may be over", failing.Root.Text("summary")!);

        // Until the failures are more than ten seconds old.
        JsonNode over = await FindAsync(mesh, "app-errors", "services/users", findings =>
        {
            reports.SendAsync(Received("users", 100)).GetAwaiter().GetResult();
            return findings.FirstOrDefault(finding => finding!.Root.Text("summary")!.Contains("it may be over: of the ", StringComparison.Ordinal));
        });
        Assert.Matches("; it may be over: of the [0-9]+ requests of the last ten seconds none failed$", over.Root.Text("summary")!);
    }

    [Fact]
    public async Task Analysis_OfAnObjectThatDecides_IsShown()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.ApplyAsync("""
            {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: users}, spec: {hosts: [users], http: [{route: [{destination: {host: users}}]}]}}
            ---
            {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: again}, spec: {hosts: [users], http: [{route: [{destination: {host: users}}]}]}}
            """);
        JsonNode finding = await AnyAsync(mesh, "configuration-warning");
        Assert.Equal("warning", finding.Text("level"));
        Assert.StartsWith("VirtualService default/", finding.Text("where"));
        Assert.Contains("users is also a host of VirtualService default/", finding.Text("what"));
        Assert.Equal("put the rules of one host into one VirtualService", finding.Text("remedy"));
    }

    [Fact]
    public async Task Analysis_OfAnObjectThatIsACauseAlready_IsItsEvidence()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.ApplyAsync("""{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: users}, spec: {hosts: [users], http: [{route: [{destination: {host: users, subset: v9}}]}]}}""");
        JsonNode finding = await FirstAsync(mesh, "missing-subset");
        Assert.Contains("spec.http[0].route[0].destination.subset: no DestinationRule defines subset v9", Assert.Single(finding["evidence"]!.AsArray())!.GetValue<string>());
        Assert.DoesNotContain(finding.Parent!.AsArray(), other => other.Text("cause") == "configuration-warning");
    }

    [Theory]
    [InlineData(990, "healthy", "info")]
    [InlineData(960, "degraded", "warning")]
    [InlineData(900, "broken", "error")]
    public async Task AppErrors_AreJudgedLikeSuccessInTheDashboard(int successes, string verdict, string level)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy users = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using TestStream stream = await TestStream.OpenAsync(users);
        using var reports = new ReportStream(users);
        await reports.SendAsync(new TrafficDelta
        {
            Direction = Direction.Inbound,
            Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 },
            Requests = 1_000,
            Successes = (ulong)successes,
            Failures = (ulong)(1_000 - successes),
        });
        // Its report may be heard of before its discovery stream is.
        JsonNode finding = await FindAsync(
            mesh, "app-errors", "services/users",
            findings => findings.Any(finding => finding.Text("cause") == "sidecar-disconnected") ? null : findings.FirstOrDefault(finding => finding.Text("cause") == "app-errors"));
        Assert.Equal((level, verdict), (finding.Text("level"), finding.Root.Text("verdict")));
    }

    private static TrafficDelta Sent(string reason, ErrorSide side) => new()
    {
        Direction = Direction.Outbound,
        PeerWorkload = "deployment/users",
        Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 },
        Requests = 100,
        Successes = 50,
        MeshErrors = 50,
        Errors = { new ErrorCount { Reason = reason, Side = side, Count = 50 } },
    };

    private static TrafficDelta Received(string service, int successes) => new()
    {
        Direction = Direction.Inbound,
        Service = new ServiceReference { Namespace = "default", Name = service, Port = 80 },
        Requests = 100,
        Successes = (ulong)successes,
        Failures = (ulong)(100 - successes),
    };

    private static Task<JsonNode> FirstAsync(TestMesh mesh, string cause, string target = "services/users") =>
        FindAsync(mesh, cause, target, findings => findings.FirstOrDefault() is { } first && first.Text("cause") == cause ? first : null);

    private static Task<JsonNode> AnyAsync(TestMesh mesh, string cause) =>
        FindAsync(mesh, cause, "services/users", findings => findings.FirstOrDefault(finding => finding.Text("cause") == cause));

    private static async Task<JsonNode> FindAsync(TestMesh mesh, string cause, string target, Func<JsonArray, JsonNode?> find)
    {
        JsonNode answer = new JsonObject();
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await mesh.Client.GetRawAsync($"/apis/insight.tulle.dev/v1/namespaces/default/diagnose/{target}");
                return find(answer["findings"]!.AsArray()) is not null;
            },
            TestMesh.Patience, $"{target} is diagnosed with {cause}", () => answer.ToJsonString());
        return find(answer["findings"]!.AsArray())!;
    }
}
