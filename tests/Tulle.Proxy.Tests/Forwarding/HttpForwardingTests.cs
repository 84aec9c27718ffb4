using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Forwarding;

public sealed class HttpForwardingTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: app\r\n\r\n";

    [Fact]
    public async Task Exchange_KeptConnection_ReusesTheUpstreamConnection()
    {
        using TestServer server = TestServer.Saying("hello");
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        for (int i = 0; i < 5; i++) Assert.Equal("hello", client.Exchange(Get).Body);

        Assert.Equal(1, server.Connections);
        await proxy.CountsAsync(5, Direction.Inbound, series => series.Successes);
    }

    [Fact]
    public async Task Exchange_Pipelined_AnsweredInOrder()
    {
        using TestServer server = TestServer.Answering(request => TestServer.Ok(request.StartLine));
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        client.Send(string.Concat(Enumerable.Range(0, 20).Select(i =>
            i % 2 == 0 ? $"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n" : $"POST /{i} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")));

        for (int i = 0; i < 20; i++) Assert.Contains($" /{i} ", client.ReadMessage().Body);
    }

    [Fact]
    public async Task Exchange_HeadersOfAnyCase_ArriveAsSentWithoutHopByHop()
    {
        using TestServer server = TestServer.Answering(request =>
            "HTTP/1.1 200 Fine\r\nX-OdD-CaSe: 1\r\nKeep-Alive: timeout=5\r\nConnection: X-Drop\r\nX-Drop: 1\r\nContent-Length: " + request.Head.Length + "\r\n\r\n" + request.Head);
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        TestMessage response = client.Exchange(
            "GET /p?q=1 HTTP/1.1\r\nhOsT: app\r\nB: 2\r\nConnection: Keep-Alive, X-Hop\r\nX-Hop: 1\r\nA: 1\r\nProxy-Connection: keep-alive\r\n\r\n");

        Assert.Equal("GET /p?q=1 HTTP/1.1\r\nhOsT: app\r\nB: 2\r\nA: 1\r\n\r\n", response.Body);
        Assert.Equal("HTTP/1.1 200 Fine", response.StartLine);
        Assert.Contains("X-OdD-CaSe: 1\r\n", response.Head);
        Assert.DoesNotContain("Drop", response.Head);
        Assert.Null(response.Header("Keep-Alive"));
    }

    [Fact]
    public async Task Exchange_ChunkedWithTrailers_PassesVerbatimBothWays()
    {
        const string chunked = "5;x=1\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n";
        string seen = "";
        using TestServer server = TestServer.Answering(request =>
        {
            seen = request.Body;
            return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n" + chunked;
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        for (int i = 0; i < 2; i++)
        {
            TestMessage response = client.Exchange("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked);
            Assert.Equal(chunked, seen);
            Assert.Equal(chunked, response.Body);
        }
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Exchange_ByteByByte_WorksLikeInOnePiece()
    {
        using TestServer server = TestServer.Answering(request => TestServer.Ok(request.Body));
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        foreach (char c in "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n") client.Send(c.ToString());

        Assert.Equal("3\r\nabc\r\n0\r\n\r\n", client.ReadMessage().Body);
    }

    [Fact]
    public async Task Exchange_ExpectContinue_PassesTheInterimResponse()
    {
        using var server = new TestServer((peer, _) =>
        {
            TestMessage head = peer.ReadMessage(withoutBody: true);
            Assert.Equal("100-continue", head.Header("Expect"));
            peer.Send("HTTP/1.1 100 Continue\r\n\r\n");
            peer.Send(TestServer.Ok(peer.ReadExactly(4)));
            peer.ReadToEnd();
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        client.Send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(100, client.ReadMessage().Status);
        client.Send("body");
        Assert.Equal("body", client.ReadMessage().Body);
    }

    [Theory]
    [InlineData("HEAD", "200 OK\r\nContent-Length: 100")]
    [InlineData("GET", "204 No Content")]
    [InlineData("GET", "304 Not Modified\r\nContent-Length: 100")]
    public async Task Exchange_ResponseWithoutBody_LeavesTheConnectionUsable(string method, string response)
    {
        using TestServer server = TestServer.Answering(_ => $"HTTP/1.1 {response}\r\n\r\n");
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        for (int i = 0; i < 3; i++)
        {
            client.Send($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(response[..3], client.ReadMessage(withoutBody: true).StartLine[9..12]);
        }
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Exchange_ResponseUntilClose_EndsWithTheConnection()
    {
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadMessage();
            peer.Send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        TestMessage head = client.Exchange(Get);
        Assert.Equal("close", head.Header("Connection"));
        Assert.Equal("until the end", client.ReadToEnd());
    }

    [Fact]
    public async Task Exchange_ResponseCutOff_ResetsTheClient()
    {
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadMessage();
            peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        client.Send(Get);
        Assert.ThrowsAny<IOException>(() => client.ReadMessage());
        Assert.Equal(1, proxy.Errors("upstream-reset"));
    }

    [Fact]
    public async Task Exchange_Http10Client_GetsItsOwnKeepAliveRules()
    {
        using TestServer server = TestServer.Saying("hello");
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);

        using TestPeer once = TestPeer.Connect(proxy.Inbound());
        Assert.Equal("hello", once.Exchange("GET / HTTP/1.0\r\n\r\n").Body);
        Assert.True(once.IsClosed());

        using TestPeer kept = TestPeer.Connect(proxy.Inbound());
        for (int i = 0; i < 2; i++)
            Assert.Equal("keep-alive", kept.Exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").Header("Connection"));
    }

    [Fact]
    public async Task Exchange_Upgrade_BecomesATunnel()
    {
        using var server = new TestServer((peer, _) =>
        {
            TestMessage request = peer.ReadMessage();
            Assert.Equal("websocket", request.Header("Upgrade"));
            Assert.Equal("Upgrade", request.Header("Connection"));
            peer.Send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nfirst");
            peer.Send(peer.ReadExactly(5).ToUpperInvariant());
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        TestMessage response = client.Exchange("GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        Assert.Equal(101, response.Status);
        Assert.Equal("websocket", response.Header("Upgrade"));
        Assert.Equal("first", client.ReadExactly(5));
        client.Send("hello");
        Assert.Equal("HELLO", client.ReadToEnd());
    }

    [Fact]
    public async Task Exchange_ResponseBeforeTheBodyEnds_ReachesTheClient()
    {
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadThrough("\r\n\r\n");
            peer.Send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\nsome");
        TestMessage response = client.ReadMessage();
        Assert.Equal(413, response.Status);
        Assert.Equal("big", response.Body);
        Assert.Equal("close", response.Header("Connection"));
    }

    [Fact]
    public async Task Exchange_EchoWhileUploading_StreamsBothWaysAtOnce()
    {
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadThrough("\r\n\r\n");
            peer.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 3; i++) peer.Send(peer.ReadExactly("3\r\nabc\r\n".Length));
            peer.Send(peer.ReadExactly("0\r\n\r\n".Length));
            peer.ReadToEnd();
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.ReadThrough("\r\n\r\n");
        for (int i = 0; i < 3; i++)
        {
            client.Send("3\r\nabc\r\n");
            Assert.Equal("3\r\nabc\r\n", client.ReadExactly(8));
        }
        client.Send("0\r\n\r\n");
        Assert.Equal("0\r\n\r\n", client.ReadExactly(5));
    }
}
