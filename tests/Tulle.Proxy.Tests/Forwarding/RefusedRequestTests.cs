using System.Net.Sockets;
using Tulle.Http.Http2;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Http2;

namespace Tulle.Proxy.Tests.Forwarding;

public sealed class RefusedRequestTests
{
    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    public async Task Request_Ambiguous_Gets400AndTheConnectionCloses(string request)
    {
        using TestServer server = TestServer.Saying("must not be reached by what follows");
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        TestMessage response = client.Exchange(request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(400, response.Status);
        Assert.Equal("bad-request", response.Header("tulle-error"));
        Assert.Equal("close", response.Header("Connection"));
        Assert.True(client.IsClosed());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Http2Client_AsksForATunnel_IsToldThatThereIsNone(bool outbound)
    {
        using var server = new RecordingServer();
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        await proxy.DeclareInboundAsync(Protocol.Protocol.Http1);
        Destination destination = Destinations.To(server.EndPoint, new Route());
        destination.Backends[0].Protocol = Protocol.Protocol.Http1;
        proxy.Apply(destination);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 60_000 };
        socket.Connect(outbound ? proxy.Outbound : proxy.Inbound());
        using var client = new RawHttp2(socket, Http2Role.Client);
        int status = 0;
        Http2Stream stream = client.Codec.TryOpen()!;
        client.Codec.BeginRequest(stream, "CONNECT"u8, default, "app:80"u8, default);
        client.Codec.EndHead(stream, endStream: false);
        while (status == 0) Assert.True(client.Step((RawHttp2 _, in Http2Event e) => status = e.Kind == Http2EventKind.Response ? e.Stream!.Head.Status : status));
        Assert.Equal(501, status);
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task Request_TargetTooLong_Gets414()
    {
        using TestServer server = TestServer.Saying("");
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        TestMessage response = client.Exchange($"GET /{new string('a', 9000)} HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(414, response.Status);
        Assert.Equal("target-too-long", response.Header("tulle-error"));
    }

    [Fact]
    public async Task Request_HeadTooLarge_Gets431()
    {
        using TestServer server = TestServer.Saying("");
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        TestMessage response = client.Exchange($"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('a', 70_000)}\r\n\r\n");
        Assert.Equal(431, response.Status);
        Assert.Equal("header-too-large", response.Header("tulle-error"));
    }

    [Fact]
    public async Task Request_HeadLargerThanABuffer_Passes()
    {
        using TestServer server = TestServer.Answering(request => TestServer.Ok(request.Head.Length.ToString()));
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        string request = $"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('a', 50_000)}\r\n\r\n";
        for (int i = 0; i < 2; i++) Assert.Equal(request.Length.ToString(), client.Exchange(request).Body);
    }

    [Fact]
    public async Task Request_HeadThatNeverEnds_Gets408()
    {
        using TestServer server = TestServer.Saying("");
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(
            server.EndPoint, config => config with { HeadTimeout = TimeSpan.FromMilliseconds(200) });
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        TestMessage response = client.Exchange("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        Assert.Equal(408, response.Status);
        Assert.Equal("request-timeout", response.Header("tulle-error"));
        Assert.True(client.IsClosed());
    }
}
