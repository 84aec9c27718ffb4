using System.Net.Sockets;
using Tulle.Http.Http2;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Model;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Http2;
using Tulle.Proxy.Tests.Resilience;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Forwarding;

/// <summary>Exchanges that somebody gives up: everybody behind hears of it at once, and who only ends its request is answered.</summary>
public sealed class AbandonedExchangeTests
{
    private const string Get = "GET http://app/ HTTP/1.1\r\nHost: app\r\n\r\n";

    [Theory]
    [InlineData("try")]
    [InlineData("request")]
    [InlineData("response")]
    public async Task Timeout_ServerHangs_ItsConnectionIsReset(string which)
    {
        using var server = new HangingServer();
        await using var scenario = new Scenario(
            (route, _) =>
            {
                if (which == "try") route.Retries = new RetryPolicy { PerTryTimeoutMs = 2_000 };
                else route.Timeouts = which == "request" ? new Timeouts { RequestMs = 2_000 } : new Timeouts { ResponseMs = 2_000 };
            },
            server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Send(Get);
        await server.AskedAsync();
        await scenario.AdvanceAsync(2);
        Assert.Equal(504, client.ReadMessage().Status);
        Assert.Equal("reset", await server.EndedAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Timeout_OverTheMesh_TheApplicationIsToldWhileItHangs(bool mutualTls)
    {
        var log = new AccessLogLines();
        using var server = new HangingServer();
        await using var mesh = new Http2Mesh(server.EndPoint, mutualTls, Logged, log);
        Destination destination = Destinations.To(mesh.Inbound.Inbound(), new Route { Retries = new RetryPolicy { PerTryTimeoutMs = 200 } });
        if (mutualTls) destination.Backends[0].Endpoints[0].Identity = TestAuthority.IdOf("server");
        mesh.Outbound.Apply(destination);
        using TestPeer client = TestPeer.Connect(mesh.Outbound.Upstream());

        Assert.Equal("per-try-timeout", client.Exchange(Get).Header("tulle-error"));
        Assert.Equal("reset", await server.EndedAsync());
        await IsCountedOnceAsync(mesh.Inbound, log);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nevent")]
    public async Task Client_Resets_TheApplicationIsTold(string begin)
    {
        var log = new AccessLogLines();
        using var server = new HangingServer(begin);
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint, Logged, log);
        TestPeer client = TestPeer.Connect(inbound.Inbound());
        client.Send(Get);
        await server.AskedAsync();
        if (begin.Length > 0) client.ReadThrough("event");
        client.Reset();
        Assert.Equal("reset", await server.EndedAsync());
        await IsCountedOnceAsync(inbound, log);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_Closes_TheApplicationIsToldWhileItHangs(bool mutualTls)
    {
        var log = new AccessLogLines();
        using var server = new HangingServer();
        await using var mesh = new Http2Mesh(server.EndPoint, mutualTls, Logged, log);
        TestPeer client = TestPeer.Connect(mesh.Outbound.Upstream());
        client.Send(Get);
        await server.AskedAsync();
        // FIN, as of a client that ends its side only.
        client.Dispose();
        Assert.Equal("reset", await server.EndedAsync());
        await IsCountedOnceAsync(mesh.Inbound, log);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Client_ClosesWithItsRequest_IsAskedAndTheApplicationIsTold()
    {
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var asked = new SemaphoreSlim(0);
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadMessage();
            peer.Send(TestServer.Ok("hello"));
            peer.ReadMessage();
            asked.Release();
            ended.SetResult(HangingServer.EndOf(peer));
        });
        await using var scenario = new Scenario((_, _) => { }, server.EndPoint);
        TestPeer client = scenario.Connect();
        // From here on there is a connection to the application, so that nothing has to be waited for before the request is sent.
        Assert.Equal("hello", client.Exchange(Get).Body);
        using (new LoopHold(scenario.Proxy.DataPlane))
        {
            client.Send(Get);
            client.Dispose();
        }
        Assert.True(await asked.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken));
        await scenario.AdvanceAsync(0.3);
        Assert.Equal("reset", await ended.Task.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Http2Client_CancelsWithItsRequest_TheApplicationNeverHearsOfIt()
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest();
        Destination destination = Destinations.To(server.EndPoint, new Route());
        destination.Backends[0].Protocol = Protocol.Protocol.Http1;
        proxy.Apply(destination);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 60_000 };
        socket.Connect(proxy.Outbound);
        using var client = new RawHttp2(socket, Http2Role.Client);
        int answered = 0;
        void Count(RawHttp2 peer, in Http2Event e) => answered += e.EndStream ? 1 : 0;

        client.Request("GET"u8, "/first"u8, default);
        while (answered < 1) Assert.True(client.Step(Count));
        client.Codec.Release(client.Request("GET"u8, "/cancelled"u8, default));
        client.Request("GET"u8, "/last"u8, default);
        while (answered < 2) Assert.True(client.Step(Count));

        await proxy.CountsAsync(3, Direction.Outbound, series => series.Requests);
        Assert.Equal(["GET /first HTTP/1.1", "GET /last HTTP/1.1"], server.Received.Select(request => request.StartLine));
        await Eventually.TrueAsync(() => proxy.DataPlane.InFlight == 0, Eventually.Patience, "no request is in flight");
    }

    [Fact]
    public async Task Client_EndsItsSide_IsAskedAfterAWhileAndAnswered()
    {
        using var answer = new ManualResetEventSlim();
        using TestServer server = AnsweringAfter(answer);
        await using var scenario = new Scenario((_, _) => { }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Send(Get);
        client.EndSending();
        await Eventually.TrueAsync(() => server.Connections == 1, Eventually.Patience, "the application has the request");
        await scenario.Proxy.TurnAsync();
        await scenario.AdvanceAsync(0.2);
        Assert.False(client.IsReadable);
        await scenario.AdvanceAsync(0.1);
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", client.ReadMessage().Head);
        // Once is enough.
        await scenario.AdvanceAsync(10);
        Assert.False(client.IsReadable);
        answer.Set();
        Assert.Equal("hello", client.ReadMessage().Body);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Http10Client_EndsItsSide_IsNotAsked()
    {
        using var answer = new ManualResetEventSlim();
        using TestServer server = AnsweringAfter(answer);
        await using var scenario = new Scenario((_, _) => { }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Send("GET http://app/ HTTP/1.0\r\n\r\n");
        client.EndSending();
        await Eventually.TrueAsync(() => server.Connections == 1, Eventually.Patience, "the application has the request");
        await scenario.AdvanceAsync(1);
        answer.Set();
        Assert.Equal(200, client.ReadMessage().Status);
    }

    [Fact]
    public async Task Client_EndsItsSideWhileTheResponseIsUnderWay_IsNotAsked()
    {
        const string begin = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin";
        using var server = new HangingServer(begin);
        await using var scenario = new Scenario((_, _) => { }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Send(Get);
        Assert.EndsWith("begin", client.ReadThrough("begin"));
        client.EndSending();
        await scenario.AdvanceAsync(1);
        await scenario.AdvanceAsync(1);
        Assert.False(client.IsReadable);
    }

    [Fact]
    public async Task Client_ResetsWithinItsRequest_TheApplicationIsTold()
    {
        var log = new AccessLogLines();
        using var server = new HangingServer();
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint, Logged, log);
        TestPeer client = TestPeer.Connect(inbound.Inbound());
        client.Send("POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 100\r\n\r\nbegin");
        await server.AskedAsync();
        client.Reset();
        Assert.Equal("reset", await server.EndedAsync());
        await IsCountedOnceAsync(inbound, log);
    }

    [Fact]
    public async Task Http2Client_CancelsARequestToAnHttp1Application_TheApplicationIsTold()
    {
        var log = new AccessLogLines();
        using var server = new HangingServer();
        await using var mesh = new Http2Mesh(server.EndPoint, mutualTls: true, Logged, log);
        await mesh.Inbound.DeclareInboundAsync(Protocol.Protocol.Http1);
        using HttpClient client = mesh.NewClient();
        using var cancel = new CancellationTokenSource();
        Task<HttpResponseMessage> request = client.GetAsync("/", cancel.Token);
        await server.AskedAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        Assert.Equal("reset", await server.EndedAsync());
        await IsCountedOnceAsync(mesh.Inbound, log);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_EndsItsSideBehindARequest_IsAnswered(bool mutualTls)
    {
        using var answer = new ManualResetEventSlim();
        using TestServer server = AnsweringAfter(answer);
        await using var mesh = new Http2Mesh(server.EndPoint, mutualTls);
        using TestPeer client = TestPeer.Connect(mesh.Outbound.Upstream());
        client.Send(Get);
        client.EndSending();
        await Eventually.TrueAsync(() => server.Connections == 1, Eventually.Patience, "the application has the request");
        await mesh.Outbound.TurnAsync();
        answer.Set();
        TestMessage response = client.ReadMessage();
        // It may have been asked whether it is still there.
        if (response.Status == 100) response = client.ReadMessage();
        Assert.Equal("hello", response.Body);
    }

    [Fact]
    public async Task Response_ThatIsTriedAgain_EndsItsConnectionInOrder()
    {
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = new TestServer((peer, number) =>
        {
            peer.ReadMessage();
            peer.Send(number == 0 ? CountingServer.Status(503) : TestServer.Ok("hello"));
            // A reset would be an exception.
            string rest = peer.ReadToEnd();
            if (number == 0) ended.SetResult(rest);
        });
        await using var scenario = new Scenario(
            (route, _) => route.Retries = new RetryPolicy { Limit = 1, BackoffBaseMs = 1, BackoffMaxMs = 1, On = { RetryCondition.Retry5Xx } }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        Assert.Equal("hello", (await scenario.ExchangeAsync(client)).Body);
        Assert.Equal("", await ended.Task.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken));
    }

    private static TestServer AnsweringAfter(ManualResetEventSlim answer) => TestServer.Answering(_ =>
    {
        answer.Wait(Eventually.Patience);
        return TestServer.Ok("hello");
    });

    private static DataPlaneConfig Logged(DataPlaneConfig config) => config with { AccessLog = AccessLogModel.Compile(json: false, "%RESPONSE_FLAGS%").Model! };

    private static async Task IsCountedOnceAsync(ProxyUnderTest inbound, AccessLogLines log)
    {
        await inbound.CountsAsync(1, Direction.Inbound, series => series.Requests);
        await Eventually.TrueAsync(() => inbound.DataPlane.InFlight == 0, Eventually.Patience, "no request is in flight");
        Assert.Equal(["DC"], await log.ReadAsync(1));
    }
}
