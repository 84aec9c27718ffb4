using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class StatTests
{
    [Fact]
    public async Task Stat_InboundReports_AreTheServersMetrics()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2", "127.64.0.3");
        await mesh.AddPodAsync("users", "users-legacy", "127.64.0.4", meshed: false);
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using var reports = new ReportStream(proxy);
        await reports.SendAsync(Inbound(tls: true, requests: 90, failures: 5, meshErrors: 5, millis: 10), Inbound(tls: false, requests: 10, millis: 100));

        JsonObject row = await RowAsync(mesh, "/namespaces/default/stat/deployments/users", row => row["requests"]!.GetValue<long>() == 100);
        Assert.Equal(("default", "deployment", "users"), (row.Text("namespace"), row.Text("kind"), row.Text("name")));
        Assert.Equal((2, 3), (row["meshed"]!.GetValue<int>(), row["total"]!.GetValue<int>()));
        Assert.Equal(0.9, row["success"]!.GetValue<double>());
        Assert.Equal(0.9, row["mtls"]!.GetValue<double>());
        Assert.Equal(5, row["meshErrors"]!.GetValue<long>());
        Assert.Equal(6, row["tcpConnections"]!.GetValue<long>());
        Assert.True(row["rps"]!.GetValue<double>() > 1);
        Assert.InRange(row["latencyMs"]!["p50"]!.GetValue<double>(), 9, 11);
        Assert.InRange(row["latencyMs"]!["p99"]!.GetValue<double>(), 90, 110);
    }

    [Fact]
    public async Task Stat_EveryKind_HasItsRows()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using var reports = new ReportStream(proxy);
        await reports.SendAsync(Inbound(tls: true, requests: 4, millis: 1));
        string[] paths = ["/namespaces/default/stat/pods/users-0", "/namespaces/default/stat/svc/users", "/stat/namespaces/default", "/stat/deploy"];
        foreach (string path in paths)
        {
            JsonObject row = await RowAsync(mesh, path, row => row["requests"]!.GetValue<long>() == 4);
            Assert.Equal(1, row["success"]!.GetValue<double>());
        }
    }

    [Fact]
    public async Task Stat_ToAndFrom_AreTheClientsMetrics()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("web", "127.64.0.3");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using var reports = new ReportStream(proxy);
        await reports.SendAsync(
            Outbound("users", "deployment/users", requests: 7), Outbound("carts", "deployment/carts", requests: 5), Inbound(tls: true, requests: 3, millis: 1));

        JsonObject to = await RowAsync(mesh, "/namespaces/default/stat/deploy/web?to=deploy/users", row => row["requests"]!.GetValue<long>() > 0);
        Assert.Equal(("web", 7), (to.Text("name"), to["requests"]!.GetValue<int>()));
        JsonObject toService = await RowAsync(mesh, "/namespaces/default/stat/deploy/web?to=svc/carts", row => row["requests"]!.GetValue<long>() > 0);
        Assert.Equal(5, toService["requests"]!.GetValue<int>());
        JsonObject from = await RowAsync(mesh, "/namespaces/default/stat/deploy/users?from=deploy/web", row => row["requests"]!.GetValue<long>() > 0);
        Assert.Equal(("users", 7), (from.Text("name"), from["requests"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Stat_NoTraffic_HasNullsAndCountsPods()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        JsonObject row = await RowAsync(mesh, "/namespaces/default/stat/deploy", _ => true);
        Assert.Null(row["success"]);
        Assert.Null(row["latencyMs"]);
        Assert.Equal(1, row["total"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("/namespaces/default/stat/deploy/nobody", 404, "there is no deployment \"nobody\" in namespace \"default\"")]
    [InlineData("/namespaces/default/stat/jobs", 400, "there are no metrics for \"jobs\"")]
    [InlineData("/namespaces/default/stat/deploy?window=8d", 400, "window \"8d\"")]
    [InlineData("/namespaces/default/stat/deploy?to=users", 400, "expected kind/name")]
    [InlineData("/namespaces/default/edges/deploy/nobody", 404, "there is no deployment \"nobody\" in namespace \"default\"")]
    [InlineData("/routes/svc/nothing", 404, "there is no service \"nothing\"")]
    [InlineData("/namespaces/default/tap/deploy/nobody", 404, "there is no deployment \"nobody\" in namespace \"default\"; 'tulle get deployments -A' lists what there is")]
    [InlineData("/elsewhere", 404, "insight.tulle.dev has nothing at")]
    public async Task Request_CannotBeAnswered_SaysWhy(string path, int code, string message)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        ApiStatusException error = await Assert.ThrowsAsync<ApiStatusException>(
            () => mesh.Client.GetRawAsync($"/apis/insight.tulle.dev/v1{path}"));
        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("/namespaces/default/stat/deploy/usres", "did you mean \"users\"?")]
    [InlineData("/namespaces/shop/tap/svc/users", "there is one in namespace \"default\"")]
    [InlineData("/namespaces/default/edges/deploy/all-users", "there is a service of that name: svc/all-users")]
    [InlineData("/namespaces/default/diagnose/services/users-v1", "there is a deployment of that name: deploy/users-v1")]
    public async Task Request_NameThatNothingHas_SaysWhatWasProbablyMeant(string path, string message)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("all-users");
        await mesh.AddServiceAsync("users-v1", "127.64.0.3");
        await mesh.SeenAsync("deploy/users-v1");
        await mesh.DeleteAsync("", "services", "users-v1");
        string said = "";
        await Eventually.TrueAsync(
            async () =>
            {
                ApiStatusException? error = await Record.ExceptionAsync(() => mesh.Client.GetRawAsync($"/apis/insight.tulle.dev/v1{path}")) as ApiStatusException;
                said = error?.Message ?? "";
                return error?.Code == 404 && said.EndsWith(message, StringComparison.Ordinal);
            },
            TestMesh.Patience, message, () => said);
    }

    private static TrafficDelta Inbound(bool tls, ulong requests, long millis, ulong failures = 0, ulong meshErrors = 0) => new()
    {
        Direction = Direction.Inbound,
        PeerIdentity = tls ? "spiffe://cluster.local/ns/default/sa/web" : "",
        Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 },
        Tls = tls,
        Requests = requests,
        Successes = requests - failures - meshErrors,
        Failures = failures,
        MeshErrors = meshErrors,
        OpenConnections = 3,
        Indices = { (uint)LatencyBuckets.IndexOf(millis * 1000) },
        Counts = { requests },
    };

    private static TrafficDelta Outbound(string service, string workload, ulong requests) => new()
    {
        Direction = Direction.Outbound,
        PeerWorkload = workload,
        Service = new ServiceReference { Namespace = "default", Name = service, Port = 80 },
        Backend = $"{service}.default:80",
        Tls = true,
        Requests = requests,
        Successes = requests,
    };

    private static async Task<JsonObject> RowAsync(TestMesh mesh, string path, Func<JsonObject, bool> until)
    {
        JsonObject? row = null;
        await Eventually.TrueAsync(
            async () =>
            {
                JsonObject answer = await mesh.Client.GetRawAsync($"/apis/insight.tulle.dev/v1{path}");
                row = (JsonObject?)answer["items"]!.AsArray().FirstOrDefault();
                return row is not null && until(row);
            },
            TestMesh.Patience, $"{path} shows the report", () => row?.ToJsonString() ?? "no row");
        return row!;
    }
}
