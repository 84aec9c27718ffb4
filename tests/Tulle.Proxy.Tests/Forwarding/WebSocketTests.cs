using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Forwarding;

/// <summary>WebSocket by upgrade (RFC 6455) and by extended CONNECT (RFC 8441), in every pairing of client and server.</summary>
public sealed class WebSocketTests
{
    [Theory]
    [InlineData("1.1", HttpProtocols.Http1)]
    [InlineData("1.1", HttpProtocols.Http2)]
    [InlineData("2.0", HttpProtocols.Http1)]
    [InlineData("2.0", HttpProtocols.Http2)]
    public async Task Messages_ThroughTheMesh_ComeBack(string version, HttpProtocols speaks)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using WebApplication app = await StartAsync(speaks);
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(new IPEndPoint(IPAddress.Loopback, new Uri(app.Urls.First()).Port));
        await proxy.DeclareInboundAsync(speaks == HttpProtocols.Http1 ? Protocol.Protocol.Http1 : Protocol.Protocol.Http2);

        using var client = new ClientWebSocket();
        client.Options.HttpVersion = Version.Parse(version);
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{proxy.Inbound().Port}/chat"), invoker, timeout.Token);
        byte[] buffer = new byte[70_000];
        foreach (int size in new[] { 1, 125, 65_000 })
        {
            byte[] message = Encoding.ASCII.GetBytes(new string('m', size));
            await client.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, timeout.Token);
            int length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await client.ReceiveAsync(buffer.AsMemory(length), timeout.Token);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            Assert.Equal(message, buffer[..length]);
        }
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", timeout.Token);
        Assert.Equal(WebSocketState.Closed, client.State);
    }

    private static async Task<WebApplication> StartAsync(HttpProtocols protocols)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        WebApplication app = builder.Build();
        app.UseWebSockets();
        app.Run(async context =>
        {
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            byte[] buffer = new byte[16 * 1024];
            while (true)
            {
                ValueWebSocketReceiveResult part = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
                if (part.MessageType == WebSocketMessageType.Close) break;
                await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
            }
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", context.RequestAborted);
        });
        await app.StartAsync();
        return app;
    }
}
