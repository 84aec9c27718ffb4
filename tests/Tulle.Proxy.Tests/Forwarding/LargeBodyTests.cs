using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Forwarding;

public sealed class LargeBodyTests
{
    private const int Length = 64 * 1024 * 1024;

    [Fact]
    public async Task Download_Large_ArrivesWholeWithFewBuffers()
    {
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadMessage();
            peer.Send($"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\n\r\n");
            SendMuch(peer);
            peer.ReadToEnd();
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        client.ReadThrough("\r\n\r\n");
        ReadMuch(client);
        Assert.InRange(proxy.Sum(Direction.Inbound, series => series.BytesSent), Length, Length + 1000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upload_Large_ArrivesWhole(bool chunked)
    {
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadThrough("\r\n\r\n");
            if (chunked) peer.ReadThrough("\r\n");
            ReadMuch(peer);
            if (chunked) Assert.Equal("\r\n0\r\n\r\n", peer.ReadExactly(7));
            peer.Send(TestServer.Ok("thanks"));
            peer.ReadToEnd();
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        client.Send(chunked
            ? $"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{Length:x}\r\n"
            : $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Length}\r\n\r\n");
        SendMuch(client);
        if (chunked) client.Send("\r\n0\r\n\r\n");
        Assert.Equal("thanks", client.ReadMessage().Body);
    }

    [Fact]
    public async Task Download_ClientThatDoesNotRead_StopsTheServer()
    {
        long sent = 0;
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadMessage();
            peer.Send($"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\n\r\n");
            byte[] block = new byte[64 * 1024];
            while (true)
            {
                peer.Send(block);
                Interlocked.Add(ref sent, block.Length);
            }
        });
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        long before;
        do
        {
            before = Interlocked.Read(ref sent);
            await Task.Delay(300);
        }
        while (Interlocked.Read(ref sent) != before || before == 0);

        // What fills two socket buffers in each direction and one of the proxy's; far from all of it.
        Assert.InRange(before, 1, Length / 2);
    }

    private static void SendMuch(TestPeer peer)
    {
        byte[] block = new byte[64 * 1024];
        for (int i = 0; i < Length / block.Length; i++) peer.Send(block);
    }

    private static void ReadMuch(TestPeer peer)
    {
        for (int read = 0; read < Length; read += 1024 * 1024) peer.ReadExactly(1024 * 1024);
    }
}
