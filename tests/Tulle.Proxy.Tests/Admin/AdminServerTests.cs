using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tulle.Protocol;
using Tulle.Proxy.Admin;
using Tulle.Proxy.Configuration;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Identity;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tests.Hosting;
using Tulle.Proxy.Tests.Telemetry;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Admin;

public sealed class AdminServerTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddMinutes(-1);

    private readonly HttpClient _http = new();
    private readonly TestLog _log = new();
    private IdentityState _identity = IdentityState.None;
    private InboundSnapshot? _inbound;
    private StreamState _discovery = new(false, Start, "", 1);
    private IReadOnlyList<SubscriptionSnapshot> _destinations = [];
    private ProxyStatus _status = null!;
    private AdminServer _server = null!;

    [Fact]
    public async Task Ready_Standalone_FollowsListenersAndDraining()
    {
        UseStandalone();
        Assert.Equal((503, "not ready: the listeners are not up yet\n"), await GetAsync("/ready"));
        _status.Listening = true;
        Assert.Equal((200, "ready\n"), await GetAsync("/ready"));
        _status.Draining = true;
        Assert.Equal((503, "not ready: draining\n"), await GetAsync("/ready"));
        Assert.Equal((200, "live\n"), await GetAsync("/live"));
    }

    [Fact]
    public async Task Ready_WithControlPlane_WaitsForIdentityThenPolicy()
    {
        _status.Listening = true;
        _identity = IdentityState.None with { LastError = "the token is not known" };
        Assert.Equal((503, "not ready: there is no certificate yet: the token is not known\n"), await GetAsync("/ready"));
        _identity = Identity();
        _discovery = _discovery with { LastError = "unreachable" };
        Assert.Equal((503, "not ready: there is no inbound policy yet: unreachable\n"), await GetAsync("/ready"));
        _inbound = new InboundSnapshot(new InboundPolicy(), Start);
        Assert.Equal((200, "ready\n"), await GetAsync("/ready"));
    }

    [Fact]
    public async Task Metrics_IsPrometheusText()
    {
        _identity = Identity();
        using HttpResponseMessage response = await _http.GetAsync(new Uri(Url, "/metrics"));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        PrometheusText text = PrometheusText.Parse(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(1, text.Value("proxy_build_info", ("version", "1.2.3")));
        Assert.Equal(_identity.NotAfter.ToUnixTimeSeconds(), text.Value("identity_cert_expiration_timestamp_seconds"));
        Assert.Equal(0, text.Value("control_plane_connected", ("stream", "discovery")));
        Assert.True(text.Value("process_resident_memory_bytes") > 1e6);
        Assert.True(text.Value("process_open_fds") > 3);
        Assert.Equal(1, text.Value("request_total", ("direction", "inbound")));
    }

    [Fact]
    public async Task Metrics_ForWhomAcceptsOpenMetrics_IsOpenMetrics()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Url, "/metrics"));
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
        using HttpResponseMessage response = await _http.SendAsync(request);
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        string text = await response.Content.ReadAsStringAsync();
        Assert.Contains("\n# TYPE response counter\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_HasEveryDefinedMetricInItsOrder()
    {
        PrometheusText text = PrometheusText.Parse(Encoding.UTF8.GetBytes(await _http.GetStringAsync(new Uri(Url, "/metrics"))));
        Assert.Equal(ProxyMetrics.All.Select(metric => metric.Name), text.Types.Keys);
        Assert.All(ProxyMetrics.All, metric => Assert.Equal(metric.Kind.ToString().ToLowerInvariant(), text.Types[metric.Name]));
    }

    [Fact]
    public async Task Metrics_SatisfiesPromtool()
    {
        string page = await _http.GetStringAsync(new Uri(Url, "/metrics"));
        CommandResult result = await RunningProcess.RunAsync("promtool", ["check", "metrics"], TimeSpan.FromMinutes(1), input: page);
        // Exit code 3 is for style: names of other meshes have units that Prometheus would not choose.
        Assert.True(result.ExitCode is 0 or 3, result.ToString());
        Assert.DoesNotContain("error while linting", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_ShowsWhatIsBelievedWithAgeAndVersion()
    {
        _identity = Identity();
        _discovery = new StreamState(false, Start, "unreachable", 3);
        _inbound = new InboundSnapshot(
            new InboundPolicy { Version = 5, DefaultMode = MtlsMode.MtlsStrict, Ports = { new InboundPort { Port = 8080, Mode = MtlsMode.MtlsDisable } } }, Start);
        var header = new HeaderMatch { Name = "version", Value = new StringMatch { Exact = "v2" } };
        _destinations =
        [
            new SubscriptionSnapshot("orders:80", null, default, ""),
            new SubscriptionSnapshot(
                "users:80",
                new Destination
                {
                    Authority = "users:80", Version = 12, Resolution = Resolution.Mesh,
                    Service = new ServiceReference { Namespace = "shop", Name = "users", Port = 80 },
                    Routes = { new Route { Name = "canary", Condition = new Condition { Header = header }, Backends = { new WeightedBackend { Backend = "b", Weight = 9 } } } },
                    Backends = { new Backend { Name = "b", Endpoints = { new Endpoint { Address = "10.0.0.1", Port = 8080, Pod = "users-1" } } } },
                },
                Start, "version 13 had no backend"),
        ];

        using var json = JsonDocument.Parse((await GetAsync("/config")).Body);
        JsonElement root = json.RootElement;
        Assert.Equal("disconnected", root.GetProperty("controlPlane").GetProperty("discovery").GetProperty("state").GetString());
        Assert.Equal("unreachable", root.GetProperty("controlPlane").GetProperty("discovery").GetProperty("lastError").GetString());
        Assert.Equal("strict", root.GetProperty("inbound").GetProperty("defaultMode").GetString());
        Assert.Equal(5, root.GetProperty("inbound").GetProperty("version").GetInt32());
        Assert.Equal("spiffe://td/ns/a/sa/b", root.GetProperty("identity").GetProperty("spiffeId").GetString());
        Assert.Equal("waiting", root.GetProperty("destinations")[0].GetProperty("state").GetString());
        JsonElement users = root.GetProperty("destinations")[1];
        Assert.Equal(12, users.GetProperty("version").GetInt32());
        Assert.True(users.GetProperty("ageSeconds").GetDouble() >= 60);
        Assert.Equal("header version is 'v2'", users.GetProperty("routes")[0].GetProperty("condition").GetString());
        Assert.Equal("10.0.0.1:8080", users.GetProperty("backends")[0].GetProperty("endpoints")[0].GetProperty("address").GetString());
        Assert.Equal("version 13 had no backend", users.GetProperty("lastError").GetString());
    }

    [Theory]
    [InlineData("GET /nothing HTTP/1.1\r\n\r\n", "HTTP/1.1 404")]
    [InlineData("POST /ready HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 405")]
    [InlineData("GET /live?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200")]
    [InlineData("GET /live HTTP/2.0\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("GET http://x/live HTTP/1.1\r\n\r\n", "HTTP/1.1 400")]
    public async Task Request_Odd_IsAnswered(string request, string expected)
        => Assert.StartsWith(expected, await RawAsync(request), StringComparison.Ordinal);

    [Fact]
    public async Task Head_HasLengthButNoBody()
    {
        string answer = await RawAsync("HEAD /live HTTP/1.1\r\n\r\n");
        Assert.Contains("Content-Length: 5\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_HeadTooLong_IsRefused()
        => Assert.StartsWith("HTTP/1.1 400", await RawAsync("GET /live HTTP/1.1\r\nX: " + new string('x', AdminServer.MaxHeadLength)), StringComparison.Ordinal);

    [Fact]
    public async Task Connections_MoreThanMax_WaitAndAreServedLater()
    {
        Socket[] idle = [.. Enumerable.Range(0, AdminServer.MaxConnections).Select(_ => Connect())];
        Task<(int, string)> waiting = GetAsync("/live");
        await Task.WhenAny(waiting, Task.Delay(200));
        Assert.False(waiting.IsCompleted);
        foreach (Socket socket in idle) socket.Dispose();
        Assert.Equal((200, "live\n"), await waiting.WaitAsync(Testing.Eventually.Patience));
    }

    [Fact]
    public void Constructor_NotLoopback_IsRefused()
    {
        var exception = Assert.Throws<ArgumentException>(() => new AdminServer(new IPEndPoint(IPAddress.Any, 0), _status, TimeProvider.System, _log.Log));
        Assert.Contains("loopback", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_PortTaken_NamesItAndWhy()
    {
        var exception = Assert.Throws<IOException>(() => new AdminServer(_server.EndPoint, _status, TimeProvider.System, _log.Log));
        Assert.Contains(_server.EndPoint.ToString(), exception.Message, StringComparison.Ordinal);
        Assert.Contains("another process listens there", exception.Message, StringComparison.Ordinal);
    }

    public ValueTask InitializeAsync()
    {
        _status = Status(new ProxyConfig { ControlPlane = new Uri("https://127.0.0.1:1") });
        StartServer();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    private Uri Url => new($"http://{_server.EndPoint}");

    private static IdentityState Identity() => new("spiffe://td/ns/a/sa/b", Start.AddHours(24), Start, 1, 1, "");

    private void UseStandalone()
    {
        _server.DisposeAsync().AsTask().Wait();
        _status = Status(new ProxyConfig());
        StartServer();
    }

    private void StartServer()
    {
        _server = new AdminServer(new IPEndPoint(IPAddress.Loopback, 0), _status, TimeProvider.System, _log.Log);
        _server.Start();
    }

    private ProxyStatus Status(ProxyConfig config)
    {
        var loop = new LoopMetrics();
        loop.Series(new SeriesKey(Direction.Inbound, "", "", "", "", 0, "", "", false)).RecordResponse(200, 1);
        return new ProxyStatus
        {
            Config = config,
            Version = "1.2.3",
            StartedAt = Start,
            Identity = () => _identity,
            Inbound = () => _inbound,
            Destinations = () => _destinations,
            Discovery = config.IsStandalone ? null : () => _discovery,
            Loops = () => [loop],
            Addresses = () => [],
            DroppedTapEvents = () => 0,
            RefusedSubscriptions = () => 0,
        };
    }

    private async Task<(int Status, string Body)> GetAsync(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(Url, path));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private Socket Connect()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(_server.EndPoint);
        return socket;
    }

    private async Task<string> RawAsync(string request)
    {
        using Socket socket = Connect();
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        socket.Shutdown(SocketShutdown.Send);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await socket.ReceiveAsync(buffer, patience.Token) is var read and > 0) answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        return answer.ToString();
    }
}
