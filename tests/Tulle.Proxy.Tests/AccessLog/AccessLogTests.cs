using System.Net;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.Tests.AccessLog;

/// <summary>The line that an exchange at the sockets leaves.</summary>
public sealed class AccessLogTests
{
    private const string Short = "%DIRECTION% %REQ(:METHOD)% %REQ(:PATH)% %PROTOCOL% %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% "
        + "%BYTES_RECEIVED% %BYTES_SENT% %UPSTREAM_CLUSTER% %ROUTE_NAME% %RESP(X-APP)% %UPSTREAM_REQUEST_ATTEMPT_COUNT%";

    [Fact]
    public async Task Destination_AsksForIt_EveryExchangeLeavesALine()
    {
        var log = new AccessLogLines();
        using var server = new RecordingServer(_ => "HTTP/1.1 200 OK\r\nX-App: yes\r\nContent-Length: 5\r\n\r\nhello");
        await using var proxy = new ProxyUnderTest(accessLog: log);
        proxy.Apply(Logged(server.EndPoint, new Route { Name = "vs/test/app#0" }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        client.Exchange("POST http://app/a?b=c HTTP/1.1\r\nHost: app\r\nContent-Length: 3\r\n\r\nabc");
        client.Exchange("GET /d HTTP/1.1\r\nHost: app\r\n\r\n");

        Assert.Equal(
            ["outbound POST /a?b=c HTTP/1.1 200 - via_upstream 3 5 b0 vs/test/app#0 yes 1", "outbound GET /d HTTP/1.1 200 - via_upstream 0 5 b0 vs/test/app#0 yes 1"],
            await log.ReadAsync(2));
    }

    [Fact]
    public async Task Destination_SaysNothing_ThereIsNoLog()
    {
        var log = new AccessLogLines();
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest(accessLog: log);
        proxy.Apply(Destinations.To(server.EndPoint, new Route()));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        client.Exchange("GET /d HTTP/1.1\r\nHost: app\r\n\r\n");
        await proxy.CountsAsync(1, Direction.Outbound, series => series.Requests);

        Assert.Empty(await log.ReadAsync(0));
    }

    [Fact]
    public async Task Destination_WithoutALog_IsServedAfterOneWhoseLogNamesFieldsOfTheResponse()
    {
        var log = new AccessLogLines();
        using var server = new RecordingServer(_ => "HTTP/1.1 200 OK\r\nX-App: yes\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        await using var proxy = new ProxyUnderTest(accessLog: log);
        proxy.Apply(Logged(server.EndPoint, new Route()));
        Destination silent = Destinations.To(server.EndPoint, new Route());
        silent.Authority = "silent:80";
        proxy.Apply(silent);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\n\r\n");
        for (int i = 0; i < 2; i++) Assert.Equal(200, client.Exchange("GET /b HTTP/1.1\r\nHost: silent\r\n\r\n").Status);
        await proxy.CountsAsync(3, Direction.Outbound, series => series.Requests);
        Assert.Single(await log.ReadAsync(1));
    }

    /// <summary>So that the lines of all proxies on a request's way are found by one id, and by it the trace.</summary>
    [Fact]
    public async Task Ids_ThatTheProxyGave_AreInItsOwnLine()
    {
        var log = new AccessLogLines();
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest(
            config => config with { AccessLog = Format("%REQ(X-REQUEST-ID)% %TRACE_ID%"), Tracing = new TracingConfig { SamplingPpm = 0 } }, accessLog: log);
        proxy.Route("app:80", server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\n\r\n");
        client.Exchange("GET /b HTTP/1.1\r\nHost: app\r\nX-Request-Id: mine\r\nb3: a3ce929d0e0e4736-00f067aa0ba902b7\r\n\r\n");

        string id = FieldOf(server.Received.First().Head, "x-request-id");
        Assert.Equal([$"{id} {id.Replace("-", "", StringComparison.Ordinal)}", "mine 0000000000000000a3ce929d0e0e4736"], await log.ReadAsync(2));

        static string FieldOf(string head, string name) =>
            head.Split("\r\n").Single(line => line.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase))[(name.Length + 2)..];
    }

    [Fact]
    public async Task Failures_CarryTheLettersThatOperatorsKnow()
    {
        var log = new AccessLogLines();
        using var resetting = new TestServer((peer, _) =>
        {
            peer.ReadMessage();
            peer.Reset();
        });
        await using var proxy = new ProxyUnderTest(config => config with { AccessLog = Format(Short) }, accessLog: log);
        Destination destination = Destinations.To(
            [resetting.EndPoint, new IPEndPoint(IPAddress.Loopback, 1)],
            Rule("/reset", new Route()),
            Rule("/refused", new Route { Backends = { new WeightedBackend { Backend = "b1", Weight = 1 } } }),
            Rule("/fault", new Route { Fault = new Fault { AbortStatus = 500, AbortPpm = 1_000_000, DelayMs = 1, DelayPpm = 1_000_000 } }),
            Rule("/direct", new Route { DirectResponse = new DirectResponse { Status = 200 } }),
            Rule("/none", new Route { UnmatchedStatus = 404 }));
        proxy.Apply(destination);

        foreach (string path in (string[])["/reset", "/refused", "/fault", "/direct", "/none", "/unmatched"])
        {
            using TestPeer client = TestPeer.Connect(proxy.Outbound);
            client.Exchange($"POST {path} HTTP/1.1\r\nHost: app\r\nContent-Length: 0\r\n\r\n");
        }
        using (TestPeer client = TestPeer.Connect(proxy.Outbound)) client.Exchange("NONSENSE\r\n\r\n");

        string[] lines = await log.ReadAsync(7);
        string[] expected =
        [
            "POST /reset HTTP/1.1 502 UC upstream_reset_before_response_started{connection_termination}",
            "POST /refused HTTP/1.1 503 UF upstream_reset_before_response_started{connection_failure}",
            "POST /fault HTTP/1.1 500 DI,FI fault_filter_abort",
            "POST /direct HTTP/1.1 200 - direct_response",
            "POST /none HTTP/1.1 404 NR route_not_found",
            "POST /unmatched HTTP/1.1 404 NR route_not_found",
            "- - - 400 DPE http1.codec_error",
        ];
        Assert.Equal(expected, lines.Select(line => string.Join(' ', line.Split(' ')[1..7])));
    }

    [Fact]
    public async Task ClientThatLeaves_IsDc()
    {
        var log = new AccessLogLines();
        using var arrived = new ManualResetEventSlim();
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadMessage();
            arrived.Set();
            peer.ReadToEnd();
        });
        await using var proxy = new ProxyUnderTest(config => config with { AccessLog = Format("%RESPONSE_CODE% %RESPONSE_FLAGS%") }, accessLog: log);
        proxy.Apply(Destinations.To(server.EndPoint, new Route()));
        using (TestPeer client = TestPeer.Connect(proxy.Outbound))
        {
            client.Send("GET /a HTTP/1.1\r\nHost: app\r\n\r\n");
            Assert.True(arrived.Wait(Testing.Eventually.Patience));
            client.Reset();
        }

        Assert.Equal(["0 DC"], await log.ReadAsync(1));
    }

    [Fact]
    public async Task Inbound_PortAsksForIt_LineNamesTheClient()
    {
        var log = new AccessLogLines();
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest(config => config with { Inbound = [new(ProxyUnderTest.AnyPort, server.EndPoint)] }, accessLog: log);
        var policy = new InboundPolicy { Version = 1 };
        policy.Ports.Add(new InboundPort
        {
            Port = (uint)proxy.Inbound().Port,
            AccessLog = new Protocol.AccessLog { Enabled = true, Format = "%DIRECTION% %REQ(:PATH)% %UPSTREAM_HOST% %UPSTREAM_CLUSTER% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_PEER_URI_SAN%" },
        });
        Assert.Null(proxy.DataPlane.Apply(policy));
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\n\r\n");

        Assert.Equal([$"inbound /a {server.EndPoint} application 127.0.0.1 -"], await log.ReadAsync(1));
    }

    [Fact]
    public async Task ConnectionsThatAreCarriedAsTheyAre_LeaveALineOnBothSides()
    {
        const string format = "%DIRECTION% %PROTOCOL% %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %UPSTREAM_CLUSTER% %DOWNSTREAM_PEER_URI_SAN%";
        var log = new AccessLogLines();
        var authority = new TestAuthority();
        using var server = new TestServer((peer, _) => peer.Send(peer.ReadThrough("\n") + "bye\n"));
        await using var inbound = new ProxyUnderTest(
            config => config with { Inbound = [new(ProxyUnderTest.AnyPort, server.EndPoint)], AccessLog = Format(format) }, accessLog: log);
        await using var outbound = new ProxyUnderTest(
            config => config with { Upstreams = [new(ProxyUnderTest.AnyPort, "app:80")], AccessLog = Format(format) }, accessLog: log);
        Assert.Null(inbound.DataPlane.Apply(authority.Issue("server")));
        Assert.Null(outbound.DataPlane.Apply(authority.Issue("client")));
        outbound.Route("app:80", (inbound.Inbound(), TestAuthority.IdOf("server")));

        using (TestPeer client = TestPeer.Connect(outbound.Upstream()))
        {
            client.Send("\x01hello\n");
            Assert.Equal("\x01hello\nbye\n", client.ReadToEnd());
        }

        string[] lines = await log.ReadAsync(2);
        Assert.Equal(
            [$"inbound - 0 - 7 11 application {TestAuthority.IdOf("client")}", "outbound - 0 - 7 11 app:80 -"],
            lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ConnectionsThatCannotBeMade_LeaveALineWithTheReason()
    {
        var log = new AccessLogLines();
        await using var proxy = new ProxyUnderTest(
            config => config with { Upstreams = [new(ProxyUnderTest.AnyPort, "app:80")], AccessLog = Format("%RESPONSE_FLAGS% %UPSTREAM_HOST% %TULLE_ERROR%") }, accessLog: log);
        proxy.Route("app:80", new IPEndPoint(IPAddress.Loopback, 1));

        using (TestPeer client = TestPeer.Connect(proxy.Upstream())) client.Send("\x01hello\n");
        using (TestPeer client = TestPeer.Connect(proxy.Outbound))
        {
            Assert.Equal(503, client.Exchange("CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n").Status);
        }

        Assert.Equal(["UF 127.0.0.1:1 connect-failed", "UF 127.0.0.1:1 connect-failed"], await log.ReadAsync(2));
    }

    private static Destination Logged(IPEndPoint server, Route route)
    {
        Destination destination = Destinations.To(server, route);
        destination.AccessLog = new Protocol.AccessLog { Enabled = true, Format = Short };
        return destination;
    }

    private static Route Rule(string path, Route route)
    {
        route.Condition = new Condition { Path = new StringMatch { Exact = path } };
        return route;
    }

    private static AccessLogModel Format(string text) => AccessLogModel.Compile(json: false, text).Model!;
}
