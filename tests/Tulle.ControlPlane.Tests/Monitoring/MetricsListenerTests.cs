using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Monitoring;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Monitoring;

public sealed partial class MetricsListenerTests : IDisposable
{
    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Metrics_OfAConnectedProxy_SayWhatItWasTold()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using TestStream stream = await TestStream.OpenAsync(proxy);
        await stream.SubscribeAsync("users:80");
        await stream.NextAsync(response => response.Destination?.Authority == "users:80");

        string page = await PageAsync(mesh);
        Assert.Equal(1, Value(page, "control_plane_proxies{stream=\"discovery\"}"));
        Assert.Equal(0, Value(page, "control_plane_proxies_in_sync"));
        Assert.Equal(1, Value(page, "control_plane_subscriptions"));
        Assert.True(Value(page, "control_plane_pushes_total{resource=\"destination\"}") >= 1);
        Assert.True(Value(page, "control_plane_pushes_total{resource=\"inbound\"}") >= 1);
        Assert.Equal(1, Value(page, "control_plane_pushes_total{resource=\"trust\"}"));
        Assert.True(Value(page, "control_plane_compilation_seconds_count{resource=\"destination\"}") >= 1);
        Assert.Equal(1, Value(page, "control_plane_objects{kind=\"pods\"}"));
        Assert.True(Value(page, "identity_issuer_expiration_timestamp_seconds") > DateTimeOffset.UtcNow.AddDays(300).ToUnixTimeSeconds());
        Assert.True(Value(page, "process_resident_memory_bytes") > 1e6);
        Assert.Equal(HistoryStore.MaxSeries, Value(page, "insight_history_series_limit"));
        Assert.Equal((HistoryStore.MaxBytes, 0), (Value(page, "insight_history_limit_bytes"), Value(page, "insight_history_forgotten_total")));
        Assert.True(Value(page, "insight_history_bytes") > 0);
        Assert.Equal((2_000, 0, 0), (Value(page, "events_limit"), Value(page, "events_displaced_total"), Value(page, "events_lost_total")));
    }

    [Fact]
    public async Task Metrics_RefusedByAProxy_AreCounted()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using TestStream stream = await TestStream.OpenAsync(proxy);
        TrustBundle trust = (await stream.NextAsync()).Trust;
        await stream.SendAsync(new DiscoveryRequest { Acknowledge = new Acknowledge { Resource = "trust", Version = trust.Version, Error = "no" } });
        await Eventually.TrueAsync(
            async () => Value(await PageAsync(mesh), "control_plane_pushes_rejected_total") == 1, TestMesh.Patience, "the refusal is counted");
    }

    [Fact]
    public async Task Metrics_EveryDefinedOne_IsOnThePageInBothFormats()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        string page = await PageAsync(mesh);
        Assert.Equal(ControlPlaneMetrics.All.Select(metric => $"{metric.Name} {metric.Kind.ToString().ToLowerInvariant()}"), TypeLine().Matches(page).Select(match => match.Groups[1].Value));
        CommandResult promtool = await RunningProcess.RunAsync("promtool", ["check", "metrics"], TestMesh.Patience, input: page);
        Assert.True(promtool.ExitCode is 0 or 3, promtool.ToString());

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(mesh.ControlPlane.Metrics!, "/metrics"));
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text;version=1.0.0");
        using HttpResponseMessage response = await _http.SendAsync(request);
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.EndsWith("\n# EOF\n", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherRequests_AreRefused()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync(new Uri(mesh.ControlPlane.Metrics!, "/apis"))).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _http.PostAsync(new Uri(mesh.ControlPlane.Metrics!, "/metrics"), null)).StatusCode);
    }

    [Fact]
    public async Task Start_BeyondLoopback_IsRefused() => await Assert.ThrowsAsync<ArgumentException>(
        () => MetricsListener.StartAsync(new IPEndPoint(IPAddress.Any, 0), null!, CancellationToken.None));

    private Task<string> PageAsync(TestMesh mesh) => _http.GetStringAsync(new Uri(mesh.ControlPlane.Metrics!, "/metrics"));

    private static double Value(string page, string sample)
    {
        string? line = page.Split('\n').FirstOrDefault(line => line.StartsWith(sample + " ", StringComparison.Ordinal));
        Assert.True(line is not null, $"{sample} is not in\n{page}");
        return double.Parse(line[(sample.Length + 1)..], CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("(?m)^# TYPE ([a-z_]+ [a-z]+)$")]
    private static partial Regex TypeLine();
}
