using System.Diagnostics;
using System.Net;
using Tulle.Proxy.Model;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Forwarding;

/// <summary>An answer that comes before the whole request was sent, and clients that look for it only after that.</summary>
public sealed class LingerTests
{
    private const string Head = "POST http://app/ HTTP/1.1\r\nHost: app\r\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_BeforeALargeUpload_IsReadByAClientThatSendsAllFirst(bool chunked)
    {
        await using var proxy = new ProxyUnderTest(Patient);
        proxy.Route("app:80", Array.Empty<IPEndPoint>());
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        byte[] piece = new byte[1_000_000];
        client.Send(Head + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 10000000\r\n\r\n"));
        for (int i = 0; i < 10; i++)
        {
            if (chunked) client.Send("f4240\r\n");
            client.Send(piece);
            if (chunked) client.Send("\r\n");
        }
        TestMessage response = client.ReadMessage();
        Assert.Equal((503, "close"), (response.Status, response.Header("Connection")));
    }

    [Fact]
    public async Task Answer_ClientSendsForEver_IsCutOff()
    {
        await using var proxy = new ProxyUnderTest(config => config with { LingerTimeout = TimeSpan.FromMilliseconds(100) });
        proxy.Route("app:80", Array.Empty<IPEndPoint>());
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        byte[] piece = new byte[1_000_000];
        client.Send(Head + "Content-Length: 1000000000000\r\n\r\n");
        var watch = Stopwatch.StartNew();
        Assert.Throws<IOException>(() =>
        {
            while (watch.Elapsed < Testing.Eventually.Patience) client.Send(piece);
        });
    }

    [Fact]
    public async Task Answer_ClientSendsForEver_OthersAreServed()
    {
        using TestServer server = TestServer.Saying("hello");
        await using var proxy = new ProxyUnderTest(Patient);
        proxy.Route("app:80", Array.Empty<IPEndPoint>());
        proxy.Route("other:80", server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Outbound), other = TestPeer.Connect(proxy.Outbound);
        client.Send(Head + "Content-Length: 1000000000000\r\n\r\n");
        Task sending = Task.Run(() =>
        {
            byte[] piece = new byte[1_000_000];
            while (true) client.Send(piece);
        });
        for (int i = 0; i < 100; i++) Assert.Equal("hello", other.Exchange("GET http://other/ HTTP/1.1\r\nHost: other\r\n\r\n").Body);
        Assert.False(sending.IsCompleted);
        client.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => sending);
    }

    // A busy machine may leave a client without its turn for longer than the defaults.
    private static DataPlaneConfig Patient(DataPlaneConfig config) => config with { LingerTimeout = Testing.Eventually.Patience, LingerSilence = Testing.Eventually.Patience };
}
