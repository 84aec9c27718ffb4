using System.Net;
using System.Net.Sockets;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Forwarding;

public sealed class UpstreamFailureTests
{
    private const string Get = "GET http://app/ HTTP/1.1\r\nHost: app\r\n\r\n";

    [Fact]
    public async Task Request_NoEndpoints_Gets503AndTheConnectionStays()
    {
        await using var proxy = new ProxyUnderTest();
        proxy.Route("app:80", Array.Empty<IPEndPoint>());
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        for (int i = 0; i < 2; i++)
        {
            TestMessage response = client.Exchange(Get);
            Assert.Equal(503, response.Status);
            Assert.Equal("no-endpoints", response.Header("tulle-error"));
        }
        Assert.Equal(2, proxy.Errors("no-endpoints"));
    }

    [Fact]
    public async Task Request_NobodyListens_Gets503ConnectFailed()
    {
        await using var proxy = new ProxyUnderTest();
        proxy.Route("app:80", Unused());
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        TestMessage response = client.Exchange(Get);
        Assert.Equal(503, response.Status);
        Assert.Equal("connect-failed", response.Header("tulle-error"));
    }

    [Fact]
    public async Task Request_OneEndpointDown_AnotherIsTried()
    {
        using TestServer server = TestServer.Saying("alive");
        await using var proxy = new ProxyUnderTest();
        proxy.Route("app:80", Unused(), server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        for (int i = 0; i < 50; i++) Assert.Equal("alive", client.Exchange(Get).Body);
    }

    [Fact]
    public async Task Request_NoAnswerFromDiscovery_Gets503InTime()
    {
        await using var proxy = new ProxyUnderTest(config => config with { DiscoveryTimeout = TimeSpan.FromMilliseconds(200) });
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        TestMessage response = client.Exchange("GET http://unanswered/ HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal(503, response.Status);
        Assert.Equal("discovery-timeout", response.Header("tulle-error"));
    }

    [Fact]
    public async Task Request_TooManyWaitForDiscovery_Gets503Overloaded()
    {
        await using var proxy = new ProxyUnderTest(config => config with { MaxDiscoveryWaiters = 1 });
        using TestPeer waiting = TestPeer.Connect(proxy.Outbound);
        waiting.Send("GET http://unanswered/ HTTP/1.1\r\nHost: x\r\n\r\n");
        await Testing.Eventually.TrueAsync(() => proxy.Subscribed.ContainsKey("unanswered:80"), Testing.Eventually.Patience, "the first request asks");
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        Assert.Equal("overloaded", client.Exchange("GET http://unanswered/ HTTP/1.1\r\nHost: x\r\n\r\n").Header("tulle-error"));
    }

    [Fact]
    public async Task Request_UpstreamClosesWithoutAnswer_Gets502()
    {
        using var server = new TestServer((peer, _) => peer.ReadMessage());
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        TestMessage response = client.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(502, response.Status);
        Assert.Equal("upstream-reset", response.Header("tulle-error"));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Request_UpstreamTalksNonsense_Gets502()
    {
        using TestServer server = TestServer.Answering(_ => "nonsense\r\n\r\n");
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        Assert.Equal("upstream-protocol", client.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Header("tulle-error"));
    }

    [Fact]
    public async Task Request_UpstreamSendsInterimResponsesForEver_Gets502()
    {
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadMessage();
            while (true) peer.Send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        TestMessage response;
        int interim = 0;
        while ((response = client.ReadMessage()).Status == 103) interim++;
        Assert.Equal((100, 502, "upstream-protocol"), (interim, response.Status, response.Header("tulle-error")));
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("PUT", true)]
    [InlineData("POST", false)]
    public async Task Request_ReusedConnectionClosedBeforeTheAnswer_RepeatedOnlyWhenThatIsSafe(string method, bool repeated)
    {
        int requests = 0;
        using var server = new TestServer((peer, number) =>
        {
            peer.ReadMessage();
            Interlocked.Increment(ref requests);
            peer.Send(TestServer.Ok("first"));
            if (number > 0) peer.ReadToEnd();
            // The first connection takes a second request, and closes without a word.
            peer.ReadMessage();
            Interlocked.Increment(ref requests);
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        string request = $"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab";

        Assert.Equal(200, client.Exchange(request).Status);
        TestMessage second = client.Exchange(request);

        Assert.Equal(repeated ? 200 : 502, second.Status);
        Assert.Equal(repeated ? 3 : 2, requests);
    }

    [Fact]
    public async Task Request_ToTheProxyItself_Gets508()
    {
        await using var proxy = new ProxyUnderTest();
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        TestMessage response = client.Exchange($"GET http://{proxy.Outbound}/ HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal(508, response.Status);
        Assert.Equal("loop-detected", response.Header("tulle-error"));
    }

    private static IPEndPoint Unused()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
