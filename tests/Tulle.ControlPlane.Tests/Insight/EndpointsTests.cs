using System.Text.Json.Nodes;
using Tulle.ControlPlane.Insight.Endpoints;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class EndpointsTests
{
    private const string Path = "/apis/insight.tulle.dev/v1/namespaces/default/endpoints/services/users";

    [Fact]
    public async Task Endpoints_TwoOfThreeClientsEject_SaysSo()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2", "127.64.0.3");
        await mesh.AddServiceAsync("web", "127.64.0.4", "127.64.0.5", "127.64.0.6");
        await mesh.ApplyAsync("""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: { name: users }
            spec: { host: users, subsets: [{ name: all, labels: { app: users } }, { name: v9, labels: { version: v9 } }] }
            """);
        long until = DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds();
        List<TestProxy> proxies = [];
        List<ReportStream> streams = [];
        for (int i = 0; i < 3; i++)
        {
            TestProxy proxy = await TestProxy.ConnectAsync(mesh, "web", $"web-{i}");
            proxies.Add(proxy);
            var stream = new ReportStream(proxy);
            streams.Add(stream);
            await stream.SendAsync(Report(i < 2 ? until : 0));
        }

        JsonObject row = await RowAsync(mesh, row => row["clients"]!.GetValue<int>() == 3 && row["subsets"]!.AsArray().Count == 1);
        Assert.Equal(("127.64.0.2:8080", "users-0", "deployment/users"), (row.Text("address"), row.Text("pod"), row.Text("workload")));
        Assert.Equal((80, 2, true, true), (row["servicePort"]!.GetValue<int>(), row["ejectedBy"]!.GetValue<int>(), row["ready"]!.GetValue<bool>(), row["meshed"]!.GetValue<bool>()));
        Assert.Equal("all", row["subsets"]![0]!.GetValue<string>());
        Assert.StartsWith("ejected by 2 of 3 clients until ", row.Text("summary"));
        Assert.EndsWith(": 5 consecutive 5xx responses", row.Text("summary"));
        Assert.True(row["seenBy"]![0]!["ejected"]!.GetValue<bool>());
        Assert.Equal("deployment/web", row["seenBy"]![0].Text("client", "workload"));

        foreach (ReportStream stream in streams) stream.Dispose();
        foreach (TestProxy proxy in proxies) proxy.Dispose();
        await RowAsync(mesh, row => row["clients"]!.GetValue<int>() == 0);
    }

    [Fact]
    public async Task Endpoints_PodNotReady_SaysWhy()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: { name: users-0 }
            status:
              conditions: [{type: Ready, status: "False"}]
              containerStatuses: [{name: app, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff, message: app exited with 1}}}]
            """);
        await mesh.ApplyAsync("""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: { name: users-1, labels: { kubernetes.io/service-name: users } }
            addressType: IPv4
            ports: [{name: http, port: 8080}]
            endpoints: [{addresses: [127.64.0.2], conditions: {ready: false}, targetRef: {kind: Pod, name: users-0}}]
            """);
        JsonObject row = await RowAsync(mesh, row => row.Text("notReadyBecause")?.StartsWith("container", StringComparison.Ordinal) == true);
        Assert.Equal("not ready: container app waits: CrashLoopBackOff (app exited with 1)", row.Text("summary"));
        Assert.False(row["ready"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Endpoints_ServersCertificate_IsShown()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using var reports = new ReportStream(proxy);
        await reports.SendAsync(new HealthReport { Certificate = new ProxyCertificate { SpiffeId = "spiffe://x", NotAfterUnix = 1_767_225_600, LastError = "no answer" } });
        JsonObject row = await RowAsync(mesh, row => row["certificate"] is not null);
        Assert.Equal(("2026-01-01T00:00:00Z", "no answer"), (row.Text("certificate", "notAfter"), row.Text("certificate", "error")));
    }

    [Fact]
    public async Task Endpoints_UnknownService_Is404()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        ApiStatusException error = await Assert.ThrowsAsync<ApiStatusException>(() => mesh.Client.GetRawAsync(Path));
        Assert.Equal((404, "there is no service \"users\" in namespace \"default\""), (error.Code, error.Message));
    }

    [Fact]
    public void Take_TooManyBackends_CountsWhatIsLeftOut()
    {
        var health = new ProxyHealth();
        var report = new HealthReport();
        for (int i = 0; i < ProxyHealth.MaxBackends + 2; i++)
            report.Backends.Add(new BackendReport { Name = $"b{i}", Service = new ServiceReference { Namespace = "a", Name = "b" }, Endpoints = { new EndpointReport() } });
        health.Take(report);
        Assert.Equal(ProxyHealth.MaxBackends, health.BackendsOf("a", "b").Count);
        Assert.Equal(2u, health.LeftOut);
    }

    private static HealthReport Report(long ejectedUntil) => new()
    {
        Backends =
        {
            new BackendReport
            {
                Name = "users.default:80",
                Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 },
                Endpoints =
                {
                    new EndpointReport
                    {
                        Address = "127.64.0.2:8080", EjectedUntilUnixMs = ejectedUntil, EjectedBecause = ejectedUntil > 0 ? "5 consecutive 5xx responses" : "",
                        Requests = 9, Successes = 4, LastError = "status 503", LastErrorUnixMs = 1_767_225_600_000,
                    },
                },
            },
        },
    };

    private static async Task<JsonObject> RowAsync(TestMesh mesh, Func<JsonObject, bool> until)
    {
        JsonObject? row = null;
        await Eventually.TrueAsync(
            async () =>
            {
                JsonObject answer = await mesh.Client.GetRawAsync(Path);
                row = (JsonObject?)answer["items"]!.AsArray().FirstOrDefault();
                return row is not null && until(row);
            },
            TestMesh.Patience, "the endpoints are as expected", () => row?.ToJsonString() ?? "no row");
        return row!;
    }
}
