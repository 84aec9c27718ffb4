using Tulle.Protocol;
using Tulle.Proxy.Identity;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Resilience;

namespace Tulle.Proxy.Tests.Telemetry;

/// <summary>What the control plane is told of servers, against servers that misbehave.</summary>
public sealed class HealthReporterTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly CountingServer _good = new((_, _) => TestServer.Ok("fine"));

    public void Dispose() => _good.Dispose();

    [Fact]
    public async Task Collect_EjectedEndpoint_SaysUntilWhenAndWhy()
    {
        using var bad = CountingServer.Always(500);
        await using var scenario = new Scenario((_, backend) => Eject(backend), bad.EndPoint);
        HealthReporter reporter = ReporterOf(scenario.Proxy);
        for (int i = 0; i < 3; i++) scenario.Ask();

        BackendReport backend = await BackendAsync(reporter, report => report.Endpoints[0].EjectedBecause.Length > 0);
        Assert.Equal(("app.test:80", "app"), (backend.Name, backend.Service.Name));
        EndpointReport endpoint = Assert.Single(backend.Endpoints);
        Assert.Equal(bad.EndPoint.ToString(), endpoint.Address);
        Assert.Equal("3 consecutive 5xx responses", endpoint.EjectedBecause);
        Assert.Equal(1u, endpoint.Ejections);
        Assert.True(endpoint.EjectedUntilUnixMs > 0);
        Assert.Equal((3ul, 0ul, 0ul, "status 500"), (endpoint.Requests, endpoint.Successes, endpoint.ConnectFailures, endpoint.LastError));
    }

    [Fact]
    public async Task Collect_NoServerListens_CountsConnectFailures()
    {
        await using var scenario = new Scenario((_, _) => { }, RetryTests.Unused());
        HealthReporter reporter = ReporterOf(scenario.Proxy);
        using TestPeer client = scenario.Connect();
        await scenario.ExchangeAsync(client);
        EndpointReport endpoint = (await BackendAsync(reporter, report => report.Endpoints[0].LastError.Length > 0)).Endpoints[0];
        Assert.Equal("connect-failed", endpoint.LastError);
        Assert.True(endpoint.ConnectFailures >= 1);
        Assert.Equal(0ul, endpoint.Successes);
    }

    [Fact]
    public async Task Collect_NothingChanged_IsNull()
    {
        await using Asked asked = await AskedOnceAsync();
        // What was not committed is told again.
        Assert.NotNull(asked.Reporter.Collect());
        asked.Reporter.Commit();
        Assert.Null(asked.Reporter.Collect());
    }

    [Fact]
    public async Task Collect_OnlyCountersMoved_WaitsForTenSeconds()
    {
        await using Asked asked = await AskedOnceAsync();
        asked.Reporter.Commit();
        asked.Scenario.Ask();
        await Testing.Eventually.TrueAsync(
            () => asked.Scenario.Proxy.DataPlane.Endpoints[0].All.Single().Counters.Requests == 2, TimeSpan.FromSeconds(60), "the second request is counted");
        Assert.Null(asked.Reporter.Collect());
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2ul, Assert.Single(Assert.Single(asked.Reporter.Collect()!.Backends).Endpoints).Requests);
    }

    [Fact]
    public async Task Collect_NewStream_TellsEverythingAgain()
    {
        await using Asked asked = await AskedOnceAsync();
        asked.Reporter.Commit();
        asked.Reporter.BeginStream();
        Assert.Single(asked.Reporter.Collect()!.Backends);
    }

    [Fact]
    public async Task Collect_LimitRefuses_SaysLimitAndRefusals()
    {
        await using Asked asked = await AskedOnceAsync((_, backend) => backend.ConnectionPool = new ConnectionPool { MaxConnections = 1, MaxPendingRequests = 1 });
        BackendReport backend = asked.Backend;
        Assert.Equal((1u, 1u, 0ul), (backend.Connections.Limit, backend.Connections.Used, backend.Connections.Refused));
        Assert.Equal(1u, backend.Pending.Limit);
    }

    [Fact]
    public async Task Collect_BackendGone_IsRemoved()
    {
        await using Asked asked = await AskedOnceAsync();
        asked.Reporter.Commit();
        asked.Scenario.Apply((route, backend) => backend.Name = route.Backends[0].Backend = "other", _good.EndPoint);
        Assert.Equal("app.test:80", Assert.Single(asked.Reporter.Collect()!.Removed));
    }

    [Fact]
    public async Task Collect_TooManyEndpoints_CountsWhatIsLeftOut()
    {
        await using var scenario = new Scenario((_, _) => { }, [.. Enumerable.Range(1, HealthReporter.MaxEndpoints + 5).Select(port => new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port))]);
        HealthReporter reporter = ReporterOf(scenario.Proxy);
        using TestPeer client = scenario.Connect();
        client.Send(Scenario.Get);
        await Testing.Eventually.TrueAsync(() => scenario.Proxy.DataPlane.Destinations.Models.Count > 0, TimeSpan.FromSeconds(60), "the destination is in use");
        HealthReport report = reporter.Collect()!;
        Assert.Equal(HealthReporter.MaxEndpoints, report.Backends.Sum(backend => backend.Endpoints.Count));
        Assert.Equal(5u, report.LeftOut);
    }

    [Fact]
    public void Collect_Certificate_IsToldOnce()
    {
        var identity = new IdentityState("spiffe://td/ns/a/sa/b", DateTimeOffset.FromUnixTimeSeconds(200), DateTimeOffset.FromUnixTimeSeconds(100), 1, 1, "");
        var reporter = new HealthReporter(new HealthSources(() => [], () => [], () => [], () => identity), _clock);
        ProxyCertificate certificate = reporter.Collect()!.Certificate;
        Assert.Equal(("spiffe://td/ns/a/sa/b", 200L, 100L), (certificate.SpiffeId, certificate.NotAfterUnix, certificate.ObtainedUnix));
        reporter.Commit();
        Assert.Null(reporter.Collect());
    }

    /// <summary>One request has gone to a server that is well, and the reporter tells of it.</summary>
    private async Task<Asked> AskedOnceAsync(Action<Route, Backend>? shape = null)
    {
        var scenario = new Scenario(shape ?? ((_, _) => { }), _good.EndPoint);
        HealthReporter reporter = ReporterOf(scenario.Proxy);
        scenario.Ask();
        return new Asked(scenario, reporter, await BackendAsync(reporter, report => report.Endpoints[0].Requests == 1));
    }

    private sealed record Asked(Scenario Scenario, HealthReporter Reporter, BackendReport Backend) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Scenario.DisposeAsync();
    }

    // A client has its answer a moment before the proxy has drawn its conclusions. Time stands still, so nothing but news is reported.
    private static async Task<BackendReport> BackendAsync(HealthReporter reporter, Func<BackendReport, bool> until)
    {
        BackendReport? backend = null;
        await Testing.Eventually.TrueAsync(
            () =>
            {
                backend = reporter.Collect()?.Backends.SingleOrDefault() ?? backend;
                return backend is not null && until(backend);
            },
            TimeSpan.FromSeconds(60), "the proxy has drawn its conclusions", () => $"{backend}");
        return backend!;
    }

    private static void Eject(Backend backend) =>
        backend.OutlierDetection = new OutlierDetection { Consecutive5Xx = 3, IntervalMs = 10_000, BaseEjectionMs = 30_000, MaxEjectionPercent = 100 };

    private HealthReporter ReporterOf(ProxyUnderTest proxy) => new(
        new HealthSources(() => proxy.DataPlane.Destinations.Models, () => proxy.DataPlane.Shared.Backends, () => proxy.DataPlane.Endpoints, () => IdentityState.None), _clock);
}
