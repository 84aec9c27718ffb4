using System.Net.Sockets;
using Tulle.Http.Http2;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Http2;

namespace Tulle.Proxy.Tests.Forwarding;

/// <summary>Answers of the proxy's own, to clients that take them slowly.</summary>
public sealed class LocalAnswerTests
{
    private const int BodyBytes = 30_000;

    [Fact]
    public async Task Http1Client_SendsManyRequestsAndReadsLater_GetsEveryAnswer()
    {
        const int requests = 400;
        await using ProxyUnderTest proxy = Answering();
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        client.Send(string.Concat(Enumerable.Repeat("GET /a HTTP/1.1\r\nHost: app\r\n\r\n", requests)));
        await proxy.TurnAsync();
        for (int i = 0; i < requests; i++) Assert.Equal((200, BodyBytes), (client.ReadMessage() is var answer ? answer.Status : 0, answer.Body.Length));
        await proxy.CountsAsync(requests, Direction.Outbound, series => series.Requests);
    }

    [Fact]
    public async Task Http2Client_ManyRequestsAtOnce_GetsEveryAnswerWhole()
    {
        const int requests = 80;
        await using ProxyUnderTest proxy = Answering();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 60_000 };
        socket.Connect(proxy.Outbound);
        using var client = new RawHttp2(socket, Http2Role.Client);
        int ended = 0, reset = 0;
        long bytes = 0;
        for (int i = 0; i < requests; i++) client.Request("GET"u8, "/a"u8, default);
        while (ended + reset < requests)
        {
            Assert.True(client.Step((RawHttp2 peer, in Http2Event e) =>
            {
                if (e.Kind == Http2EventKind.Data)
                {
                    bytes += e.Data.Length;
                    peer.Codec.Consume(e.Stream!, e.Data.Length);
                }
                if (e.Kind == Http2EventKind.Reset) reset++;
                else if (e.EndStream) ended++;
            }));
        }
        Assert.Equal((requests, 0, requests * (long)BodyBytes), (ended, reset, bytes));
    }

    private static ProxyUnderTest Answering()
    {
        var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To([], new Route { DirectResponse = new DirectResponse { Status = 200, Body = Google.Protobuf.ByteString.CopyFrom(new byte[BodyBytes]) } }));
        return proxy;
    }
}
