using System.Globalization;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Pooling;

public sealed class EndpointPoolTests
{
    [Fact]
    public async Task Idle_ClosedByTheServer_IsNotUsedAgain()
    {
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadMessage();
            peer.Send(TestServer.Ok("once"));
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        for (int i = 1; i <= 20; i++)
        {
            Assert.Equal("once", client.Exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").Body);
            await Eventually.TrueAsync(() => IdleAsync(proxy).GetAwaiter().GetResult() == 0, Eventually.Patience, "the pool sees the close");
        }
    }

    [Fact]
    public async Task Idle_MoreThanTheLimit_TheOldestCloses()
    {
        using TestServer server = TestServer.Saying("hello");
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint, config => config with { MaxIdlePerEndpoint = 3 });
        TestPeer[] clients = [.. Enumerable.Range(0, 8).Select(_ => TestPeer.Connect(proxy.Inbound()))];
        foreach (TestPeer client in clients) client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        foreach (TestPeer client in clients) Assert.Equal("hello", client.ReadMessage().Body);
        await Eventually.TrueAsync(() => IdleAsync(proxy).GetAwaiter().GetResult() <= 3, Eventually.Patience, "the pool keeps its limit");
        foreach (TestPeer client in clients) client.Dispose();
    }

    /// <summary>16 KiB is the receive buffer: a response that fills it does not say whether the kernel holds more.</summary>
    [Theory]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 - 1)]
    [InlineData(32 * 1024)]
    [InlineData(300_000)]
    public async Task Idle_AfterAResponseOfAnyLength_IsUsedAgain(int bytes)
    {
        const string fields = "HTTP/1.1 200 OK\r\nContent-Length: ";
        string body = new('x', bytes - fields.Length - bytes.ToString(CultureInfo.InvariantCulture).Length - 4);
        while (TestServer.Ok(body).Length < bytes) body += 'x';
        using TestServer server = TestServer.Saying(body);
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        for (int i = 0; i < 20; i++) Assert.Equal(body, client.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Body);
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(16 * 1024)]
    [InlineData(500_000)]
    public async Task Idle_UnderMutualTls_IsUsedAgain(int bytes)
    {
        var authority = new TestAuthority();
        string body = new('x', bytes);
        using TestServer server = TestServer.Saying(body);
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint);
        await using var outbound = new ProxyUnderTest();
        Assert.Null(inbound.DataPlane.Apply(authority.Issue("server")));
        Assert.Null(outbound.DataPlane.Apply(authority.Issue("client")));
        outbound.Route("app:80", (inbound.Inbound(), TestAuthority.IdOf("server")));
        using TestPeer client = TestPeer.Connect(outbound.Outbound);
        for (int i = 0; i < 20; i++) Assert.Equal(body, client.Exchange("GET http://app/ HTTP/1.1\r\nHost: app\r\n\r\n").Body);
        await outbound.CountsAsync(1, Direction.Outbound, series => series.ConnectionsOpened);
    }

    private static async Task<int> IdleAsync(ProxyUnderTest proxy)
    {
        var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.DataPlane.OnLoop(0, () => answer.SetResult(proxy.DataPlane.IdleUpstreams(0)));
        return await answer.Task;
    }
}
