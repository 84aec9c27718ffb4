using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class TapTests
{
    private const string Tap = "/apis/insight.tulle.dev/v1/namespaces/default/tap";
    private const string Web = "spiffe://cluster.local/ns/default/sa/web";

    [Fact]
    public async Task Tap_TwoPods_SharesTheRateMergesEventsAndStops()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2", "127.64.0.3");
        using TestProxy first = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using TestProxy second = await TestProxy.ConnectAsync(mesh, "users", "users-1");
        using var firstReports = new ReportStream(first);
        using var secondReports = new ReportStream(second);
        await firstReports.ConnectedAsync();
        await secondReports.ConnectedAsync();

        await mesh.SeenAsync("deploy/users", pods: 2);
        var lines = new StreamReader(await OpenAsync(mesh, "deploy/users?method=get&path=/users&maxRps=10"));
        TapStart start = (await firstReports.NextAsync()).Start;
        Assert.Equal(("GET", "/users", 5.0, Direction.Inbound), (start.Method, start.PathPrefix, start.MaxRps, start.Direction));
        Assert.Equal(start.TapId, (await secondReports.NextAsync()).Start.TapId);

        TapEvent seen = Event(start.TapId, 1);
        seen.Request = new TapRequest { Method = "GET", Authority = "users", Path = "/users/1" };
        await firstReports.SendAsync(seen);
        JsonNode request = await LineAsync(lines);
        string expected = $$"""{"type":"req","id":"{{request.Text("id")}}","proxy":"in","src":"10.0.0.1:5","dst":"127.64.0.2:8080","tls":true,"peer":"{{Web}}","destination":{"namespace":"default","pod":"users-0","workload":"deployment/users"},"method":"GET","authority":"users","path":"/users/1"}""";
        Assert.Equal(expected, request.ToJsonString());

        TapEvent answered = Event(start.TapId, 1);
        answered.Response = new TapResponse { Status = 200, LatencyMicros = 1500 };
        await secondReports.SendAsync(answered);
        JsonNode response = await LineAsync(lines);
        Assert.Equal(("rsp", 200, 1500), (response.Text("type"), response["status"]!.GetValue<int>(), response["latencyMicros"]!.GetValue<int>()));
        Assert.NotEqual(request.Text("id"), response.Text("id"));

        lines.Dispose();
        Assert.Equal(start.TapId, (await firstReports.NextAsync()).Stop.TapId);
        Assert.Equal(start.TapId, (await secondReports.NextAsync()).Stop.TapId);
    }

    [Fact]
    public async Task Tap_PodAppears_Joins()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using var lines = new StreamReader(await OpenAsync(mesh, "deploy/users"));
        await mesh.AddPodAsync("users", "users-new", "127.64.0.9");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-new");
        using var reports = new ReportStream(proxy);
        await reports.ConnectedAsync();
        TapEvent ended = Event((await reports.NextAsync()).Start.TapId, 7);
        ended.End = new TapEnd { DurationMicros = 16, ResponseBytes = 120, ResetError = "refused" };
        await reports.SendAsync(ended);
        JsonNode end = await LineAsync(lines);
        Assert.Equal(("end", 120, "refused"), (end.Text("type"), end["responseBytes"]!.GetValue<int>(), end.Text("resetError")));
    }

    [Fact]
    public async Task Tap_ToService_AsksForOutboundRequests()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("web", "127.64.0.2");
        await mesh.AddServiceAsync("users", "127.64.0.3");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using var reports = new ReportStream(proxy);
        await reports.ConnectedAsync();
        using var lines = new StreamReader(await OpenAsync(mesh, "deploy/web?to=svc/users"));
        TapStart start = (await reports.NextAsync()).Start;
        Assert.Equal((Direction.Outbound, "users.default"), (start.Direction, start.ToService));
    }

    [Fact]
    public async Task Tap_FromDeployment_AsksForItsIdentityAndDropsOthers()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("web", "127.64.0.2");
        await mesh.AddServiceAsync("users", "127.64.0.3");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using var reports = new ReportStream(proxy);
        await reports.ConnectedAsync();
        using var lines = new StreamReader(await OpenAsync(mesh, "deploy/users?from=deploy/web"));
        TapStart start = (await reports.NextAsync()).Start;
        Assert.Equal(Web, start.PeerIdentity);

        TapEvent stranger = Event(start.TapId, 1);
        stranger.PeerIdentity = "spiffe://cluster.local/ns/default/sa/stranger";
        await reports.SendAsync(stranger);
        await reports.SendAsync(Event(start.TapId, 2));
        Assert.EndsWith(":2", (await LineAsync(lines)).Text("id"));
    }

    [Fact]
    public async Task Tap_OfUnmeshedWorkload_SaysThatThereIsNoSidecar()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users");
        await mesh.AddPodAsync("users", "users-0", "127.64.0.2", meshed: false);
        await mesh.SeenAsync("deploy/users");
        ApiStatusException error = await Assert.ThrowsAsync<ApiStatusException>(() => mesh.Client.OpenStreamAsync($"{Tap}/deploy/users"));
        Assert.Contains("has a sidecar", error.Message);
    }

    [Fact]
    public async Task Tap_EventsGotLost_ReaderIsTold()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using var reports = new ReportStream(proxy);
        await reports.ConnectedAsync();
        using var lines = new StreamReader(await OpenAsync(mesh, "deploy/users?status=5xx&headers=true&redact=x-a,x-b&direction=both"));
        TapStart start = (await reports.NextAsync()).Start;
        Assert.Equal((500u, 599u, true, Direction.Unspecified), (start.StatusFrom, start.StatusTo, start.Headers, start.Direction));
        Assert.Equal(["x-a", "x-b"], start.Redacted);
        await reports.SendAsync(new TapEvent { TapId = start.TapId, Loss = new TapLoss { Events = 7, Requests = 2 } });
        Assert.Equal("""{"type":"loss","events":7,"requests":2}""", (await LineAsync(lines)).ToJsonString());
    }

    [Theory]
    [InlineData("status=6xx", "status \"6xx\" is none")]
    [InlineData("direction=up", "direction \"up\" is none")]
    public async Task Tap_WrongFilter_IsRefused(string query, string message)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        ApiStatusException error = await Assert.ThrowsAsync<ApiStatusException>(() => OpenAsync(mesh, $"deploy/users?{query}"));
        Assert.Contains(message, error.Message);
    }

    private static async Task<Stream> OpenAsync(TestMesh mesh, string query)
    {
        await mesh.SeenAsync(query.Split('?')[0]);
        return await mesh.Client.OpenStreamAsync($"{Tap}/{query}");
    }

    private static TapEvent Event(ulong tap, ulong stream) => new()
    {
        TapId = tap, Stream = stream, Direction = Direction.Inbound, Source = "10.0.0.1:5", Destination = "127.64.0.2:8080", Tls = true, PeerIdentity = Web,
    };

    private static async Task<JsonNode> LineAsync(StreamReader lines)
    {
        using var patience = new CancellationTokenSource(TestMesh.Patience);
        return JsonNode.Parse((await lines.ReadLineAsync(patience.Token))!)!;
    }
}
