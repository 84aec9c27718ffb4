using System.Buffers;
using Tulle.Metrics;
using Tulle.Protocol;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Resilience;

namespace Tulle.Proxy.Tests.Telemetry;

/// <summary>What real traffic leaves behind in the metrics of connections and policies.</summary>
public sealed class ExpositionOfTrafficTests
{
    [Fact]
    public async Task Retry_FailedTry_IsCountedWhereItFailed()
    {
        using var server = new CountingServer((_, number) => number == 0 ? "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n" : TestServer.Ok("fine"));
        await using var scenario = new Scenario(
            (route, _) => route.Retries = new RetryPolicy { Limit = 2, BackoffBaseMs = 1, BackoffMaxMs = 1, AnyMethod = true, On = { RetryCondition.RetryGatewayError } },
            server.EndPoint);
        using TestPeer client = scenario.Connect();
        Assert.Equal(200, (await scenario.ExchangeAsync(client)).Status);
        PrometheusText text = await PageAsync(scenario.Proxy);
        Assert.Equal(1, text.Samples.Where(sample => sample.Name == "request_retries_total").Sum(sample => sample.Value));
        Assert.Equal(1, text.Value("policy_events_total", ("event", "retry_success")));
    }

    [Fact]
    public async Task Timeout_OfATry_IsCountedByItsName()
    {
        using var server = new CountingServer((_, _) => CountingServer.Silence);
        await using var scenario = new Scenario((route, _) => route.Retries = new RetryPolicy { PerTryTimeoutMs = 2_000 }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Send(Scenario.Get);
        await server.ReceivesAsync(1);
        await scenario.AdvanceAsync(2);
        Assert.Equal(504, client.ReadMessage().Status);
        PrometheusText text = await PageAsync(scenario.Proxy);
        Assert.Equal(1, text.Value("request_timeouts_total", ("direction", "outbound"), ("timeout", "try")));
        Assert.Equal(1, text.Samples.Where(sample => sample.Name == "request_timeouts_total").Sum(sample => sample.Value));
    }

    [Fact]
    public async Task Ejection_ShowsInTheHealthOfTheBackendUntilItIsOver()
    {
        using var bad = CountingServer.Always(500);
        using var good = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario(
            (_, backend) => backend.OutlierDetection = new OutlierDetection { Consecutive5Xx = 5, IntervalMs = 10_000, BaseEjectionMs = 30_000, MaxEjectionPercent = 50 },
            bad.EndPoint, good.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 20; i++) client.Exchange(Scenario.Get);
        (string, string)[] backend = [("backend", "app.test:80")];
        PrometheusText text = await PageAsync(scenario.Proxy);
        Assert.Equal(1, text.Value("backend_endpoints", [.. backend, ("state", "ejected")]));
        Assert.Equal(1, text.Value("backend_endpoints", [.. backend, ("state", "ready")]));
        Assert.Equal(1, text.Value("backend_ejections_total", backend));
        // The page is asked about a time when the ejection is over.
        text = await PageAsync(scenario.Proxy, nowMicros: long.MaxValue);
        Assert.Equal(2, text.Value("backend_endpoints", [.. backend, ("state", "ready")]));
    }

    [Fact]
    public async Task Breaker_AtItsLimit_IsOpenAndCountsWhatItRefused()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"), gated: true);
        await using var scenario = new Scenario((_, backend) => backend.ConnectionPool = new ConnectionPool { MaxRequests = 1 }, server.EndPoint);
        using TestPeer first = scenario.Connect();
        first.Send(Scenario.Get);
        await server.ReceivesAsync(1);
        Assert.Equal(503, scenario.Ask().Status);
        PrometheusText text = await PageAsync(scenario.Proxy);
        (string, string)[] limit = [("backend", "app.test:80"), ("limit", "requests")];
        Assert.Equal(1, text.Value("backend_breaker_limit", limit));
        Assert.Equal(1, text.Value("backend_breaker_active", limit));
        Assert.Equal(1, text.Value("backend_breaker_open", limit));
        Assert.Equal(1, text.Value("backend_breaker_overflow_total", limit));
        Assert.Equal(1, text.Value("requests_in_flight"));
        server.Release(1);
        Assert.Equal(200, first.ReadMessage().Status);
        text = await PageAsync(scenario.Proxy);
        Assert.Equal(0, text.Value("backend_breaker_open", limit));
        Assert.Equal(0, text.Value("requests_in_flight"));
    }

    [Fact]
    public async Task MeshMtlsAndStrict_AreCountedAsHandshakesDetectionsAndVerdicts()
    {
        var authority = new TestAuthority();
        using TestServer server = TestServer.Saying("hello");
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint);
        await using var outbound = new ProxyUnderTest();
        Assert.Null(inbound.DataPlane.Apply(authority.Issue("server")));
        Assert.Null(outbound.DataPlane.Apply(authority.Issue("client")));
        Assert.Null(inbound.DataPlane.Apply(new InboundPolicy { DefaultMode = MtlsMode.MtlsStrict }));
        await inbound.TurnAsync();
        outbound.Route("app:80", (inbound.Inbound(), TestAuthority.IdOf("server")));
        using (TestPeer client = TestPeer.Connect(outbound.Outbound)) Assert.Equal(200, client.Exchange(Scenario.Get).Status);
        using (TestPeer plain = TestPeer.Connect(inbound.Inbound())) Assert.Equal(403, plain.Exchange(Scenario.Get).Status);

        PrometheusText text = await PageAsync(inbound);
        Assert.Equal(1, text.Value("tls_handshakes_total", ("direction", "inbound"), ("result", "ok")));
        Assert.Equal(2, text.Value("protocol_detections_total", ("direction", "inbound"), ("protocol", "http1")));
        Assert.Equal(1, text.Value("inbound_authorizations_total", ("verdict", "allow")));
        Assert.Equal(1, text.Value("inbound_authorizations_total", ("verdict", "deny")));
        Assert.Equal(1, (await PageAsync(outbound)).Value("tls_handshakes_total", ("direction", "outbound"), ("result", "ok")));
    }

    [Fact]
    public async Task OpaqueBytes_AreDetectedAsSuch()
    {
        using var server = new TestServer((peer, _) => peer.Send("you said something\r\n"));
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(inbound.Inbound());
        client.Send("\u0001\u0002 not HTTP\r\n");
        Assert.True(await Task.Run(() => client.IsReadable || SpinWait.SpinUntil(() => client.IsReadable, Testing.Eventually.Patience)));
        Assert.Equal(1, (await PageAsync(inbound)).Value("protocol_detections_total", ("direction", "inbound"), ("protocol", "opaque")));
    }

    private static async Task<PrometheusText> PageAsync(ProxyUnderTest proxy, long nowMicros = 0)
    {
        await proxy.TurnAsync();
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new ExpositionWriter(buffer, ExpositionFormat.Prometheus);
        IReadOnlyList<SharedBackendState> backends = proxy.DataPlane.Shared.Backends;
        long now = nowMicros > 0 ? nowMicros : proxy.DataPlane.LoopAt(0).NowMicros;
        TrafficExposition.Write(writer, proxy.DataPlane.Metrics);
        ConnectionExposition.Write(writer, proxy.DataPlane.Metrics, proxy.DataPlane.InFlight);
        PolicyExposition.Write(writer, proxy.DataPlane.Metrics, backends, backends.ToDictionary(backend => backend.Name, _ => 2), now);
        return PrometheusText.Parse(buffer.WrittenSpan);
    }
}
