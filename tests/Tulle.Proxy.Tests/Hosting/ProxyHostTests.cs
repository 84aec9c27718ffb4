using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Tulle.Identity;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Telemetry;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Hosting;

public sealed class ProxyHostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();

    [Fact]
    public async Task Standalone_ServesFromFile_FollowsItAndDrains()
    {
        await using HelloServer one = await HelloServer.StartAsync("one"), two = await HelloServer.StartAsync("two");
        string file = WriteDestinations(one.Port);
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(
            ProxyProcess.Executable, "--upstream", "127.0.0.1:0=users", "--destinations", file, "--loops", "2");
        await proxy.ReadyAsync();
        Uri url = new($"http://{proxy.Address("upstreams")}/");
        Assert.Equal("hello from one", await _http.GetStringAsync(url));

        WriteDestinations(two.Port);
        await Eventually.TrueAsync(async () => await _http.GetStringAsync(url) == "hello from two", Eventually.Patience, "the file is read again", proxy.Process.Show);
        File.WriteAllText(file, "{");
        await proxy.Process.WaitForTextAsync("not valid JSON", Eventually.Patience);
        Assert.Equal("hello from two", await _http.GetStringAsync(url));

        PrometheusText metrics = PrometheusText.Parse(System.Text.Encoding.UTF8.GetBytes((await proxy.GetAsync("/metrics")).Body));
        Assert.True(metrics.Value("request_total", ("direction", "outbound"), ("dst_service", "users"), ("backend", "b")) >= 2);
        Assert.Equal(0, await proxy.TerminateAsync());
        Assert.Contains("Drained in", proxy.Process.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminate_RequestInFlight_FinishesFirst()
    {
        await using HelloServer server = await HelloServer.StartAsync("one");
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(
            ProxyProcess.Executable, "--upstream", "127.0.0.1:0=users", "--destinations", WriteDestinations(server.Port));
        Task<string> slow = _http.GetStringAsync(new Uri($"http://{proxy.Address("upstreams")}/slow"));
        await server.SlowBegan.Task.WaitAsync(Eventually.Patience);
        proxy.Process.Send(Signal.Terminate);
        await Eventually.TrueAsync(async () => (await proxy.GetAsync("/ready")) is (503, "not ready: draining\n"), Eventually.Patience, "it is not ready any more");
        server.SlowMayEnd.TrySetResult();
        Assert.Equal("hello from one", await slow.WaitAsync(Eventually.Patience));
        Assert.Equal(0, await proxy.Process.WaitForExitAsync(Eventually.Patience));
    }

    [Fact]
    public async Task Terminate_Twice_EndsAtOnce()
    {
        await using HelloServer server = await HelloServer.StartAsync("one");
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(
            ProxyProcess.Executable, "--upstream", "127.0.0.1:0=users", "--destinations", WriteDestinations(server.Port), "--drain-timeout", "5m");
        Task slow = _http.GetStringAsync(new Uri($"http://{proxy.Address("upstreams")}/slow"));
        await server.SlowBegan.Task.WaitAsync(Eventually.Patience);
        proxy.Process.Send(Signal.Terminate);
        await proxy.Process.WaitForTextAsync("Draining", Eventually.Patience);
        proxy.Process.Send(Signal.Terminate);
        Assert.Equal(130, await proxy.Process.WaitForExitAsync(Eventually.Patience));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => slow);
    }

    [Fact]
    public async Task Standalone_MutualTls_BetweenTwoProxies()
    {
        await using HelloServer server = await HelloServer.StartAsync("app");
        using var random = RandomNumberGenerator.Create();
        using CertificateAuthorityMaterial root = CertificateAuthorityMaterial.CreateRoot("td", TimeProvider.System, random);
        string anchors = _folder.Write("anchors.pem", Tulle.Identity.TrustBundle.Of(root).ToPem());
        string[] serverTls = WriteCertificate(root, "server", anchors), clientTls = WriteCertificate(root, "client", anchors);
        string strict = _folder.Write("inbound.json", """{ "inbound": { "defaultMode": "strict" } }""");

        await using ProxyProcess inbound = await ProxyProcess.StartAsync(
            ProxyProcess.Executable, ["--inbound", $"127.0.0.1:0=127.0.0.1:{server.Port}", "--destinations", strict, .. serverTls]);
        string destinations = WriteDestinations(inbound.Address("inbound").Port, "spiffe://td/ns/default/sa/server");
        await using ProxyProcess outbound = await ProxyProcess.StartAsync(
            ProxyProcess.Executable, ["--upstream", "127.0.0.1:0=users", "--destinations", destinations, .. clientTls]);
        Assert.Equal("hello from app", await _http.GetStringAsync(new Uri($"http://{outbound.Address("upstreams")}/")));

        PrometheusText metrics = PrometheusText.Parse(System.Text.Encoding.UTF8.GetBytes((await inbound.GetAsync("/metrics")).Body));
        Assert.Equal(1, metrics.Value("request_total", ("tls", "true"), ("client_id", "spiffe://td/ns/default/sa/client")));
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
        {
            using HttpResponseMessage plain = await _http.GetAsync(new Uri($"http://{inbound.Address("inbound")}/"));
            plain.EnsureSuccessStatusCode();
        });
    }

    [Fact]
    public async Task ControlPlane_GoesAway_ProxyKeepsServingAndSaysHowOldItsStateIs()
    {
        await using HelloServer server = await HelloServer.StartAsync("app");
        await using FakeControlPlane plane = await FakeControlPlane.StartAsync();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(
            ProxyProcess.Executable, "--upstream", "127.0.0.1:0=users", "--control-plane", plane.Url,
            "--trust-anchors", plane.AnchorsFile, "--token", plane.TokenFile);
        DiscoveryStream stream = await plane.NextStreamAsync();
        Assert.Equal(503, (await proxy.GetAsync("/ready")).Status);
        stream.Send(new InboundPolicy { Version = 1 });
        await proxy.ReadyAsync();

        Task<string> first = _http.GetStringAsync(new Uri($"http://{proxy.Address("upstreams")}/"));
        while ((await stream.NextAsync()).Subscribe is not { Authority: "users:80" }) { }
        stream.Send(Users(server.Port));
        Assert.Equal("hello from app", await first.WaitAsync(Eventually.Patience));

        await plane.StopAsync();
        await Eventually.TrueAsync(
            async () => (await proxy.GetAsync("/config")).Body.Contains("\"disconnected\"", StringComparison.Ordinal), Eventually.Patience, "the loss is noticed");
        Assert.Equal("hello from app", await _http.GetStringAsync(new Uri($"http://{proxy.Address("upstreams")}/")));
        Assert.Equal(200, (await proxy.GetAsync("/ready")).Status);
        using var config = JsonDocument.Parse((await proxy.GetAsync("/config")).Body);
        JsonElement users = config.RootElement.GetProperty("destinations")[0];
        Assert.Equal(("users:80", 3), (users.GetProperty("authority").GetString(), users.GetProperty("version").GetInt32()));
        Assert.True(users.GetProperty("ageSeconds").GetDouble() >= 0);
        Assert.Equal(FakeControlPlane.WorkloadId.ToString(), config.RootElement.GetProperty("identity").GetProperty("spiffeId").GetString());

        await plane.StartAsync();
        DiscoveryStream again = await plane.NextStreamAsync();
        Assert.NotNull((await again.NextAsync()).Hello);
        Assert.Equal("users:80", (await again.NextAsync()).Subscribe.Authority);
        Assert.Equal(0, await proxy.TerminateAsync());
        Assert.DoesNotContain("secret-token", proxy.Process.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--bogus", 2, "unknown")]
    [InlineData("--upstream 127.0.0.1:0=a --destinations /nonexistent/x.json", 1, "/nonexistent/x.json cannot be read")]
    [InlineData("--outbound 127.0.0.1:0 --certificate /nonexistent/c --key k --trust-anchors /nonexistent/a", 1, "/nonexistent/a cannot be read")]
    [InlineData("--outbound 192.0.2.1:1234", 1, "192.0.2.1:1234")]
    public async Task Start_Impossible_ExitCodeAndOneSentence(string arguments, int exitCode, string expected)
    {
        CommandResult result = await ProxyProcess.RunAsync(arguments.Split(' '));
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public async Task Start_AdminPortTaken_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        CommandResult result = await ProxyProcess.RunAsync("--outbound", "127.0.0.1:0", "--admin", taken.LocalEndpoint.ToString()!);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("another process listens there", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_IsPrinted()
    {
        CommandResult result = await ProxyProcess.RunAsync("--version");
        Assert.Equal((0, "tulle-proxy 0.1.0\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    private string WriteDestinations(int port, string identity = "") => _folder.Write("destinations.json", $$"""
        { "destinations": [ { "authority": "users", "service": { "name": "users" },
            "backends": [ { "name": "b", "endpoints": [ { "address": "127.0.0.1", "port": {{port}}, "identity": "{{identity}}" } ] } ] } ] }
        """);

    private string[] WriteCertificate(CertificateAuthorityMaterial root, string name, string anchors)
    {
        using var random = RandomNumberGenerator.Create();
        using var key = KeyPair.Create();
        IssuedCertificate issued = new CertificateIssuer(root, TimeProvider.System, random)
            .Issue(key, SpiffeId.ForServiceAccount("td", "default", name), [], []);
        return
        [
            "--certificate", _folder.Write(name + ".pem", issued.ToPem()), "--key", _folder.Write(name + ".key", key.ToPem()),
            "--trust-anchors", anchors,
        ];
    }

    private static Destination Users(int port) => new()
    {
        Authority = "users:80",
        Version = 3,
        Resolution = Resolution.Mesh,
        Routes = { new Route { Name = "default", Backends = { new WeightedBackend { Backend = "b", Weight = 1 } } } },
        Backends = { new Backend { Name = "b", Endpoints = { new Endpoint { Address = "127.0.0.1", Port = (uint)port } } } },
    };
}
