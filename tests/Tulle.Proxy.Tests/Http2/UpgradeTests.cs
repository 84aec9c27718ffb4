using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tulle.Http.Http2;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Http2;

/// <summary>Clients that ask for HTTP/2 in HTTP/1.1 (RFC 7540 §3.2), at the socket.</summary>
public sealed class UpgradeTests
{
    private const string Asking = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";

    [Theory]
    [InlineData(true, HttpProtocols.Http1, "HTTP/1.1")]
    [InlineData(false, HttpProtocols.Http1, "HTTP/1.1")]
    [InlineData(true, HttpProtocols.Http2, "HTTP/2")]
    public async Task Request_AsksForHttp2_IsAnsweredOnStreamOneAndMoreFollow(bool mutualTls, HttpProtocols speaks, string seen)
    {
        await using Http2App app = await Http2App.StartAsync(Http2App.EchoAsync, speaks);
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls);
        // A server of which nothing is known is spoken to in the version that every client of it knows.
        if (speaks == HttpProtocols.Http2) DeclareHttp2(mesh);
        using Socket socket = mesh.ConnectRaw();
        await AskAsync(socket, $"GET /first?x=y HTTP/1.1\r\nHost: app\r\n{Asking}\r\n");
        using var client = new RawHttp2(socket, Http2Role.Client);
        Http2Stream first = client.Codec.TryOpen()!, second = client.Request("GET"u8, "/second"u8, default);

        Dictionary<int, string> answers = Await(client, 2);

        Assert.Equal($"200 {seen} /first?x=y", answers[first.Id]);
        Assert.Equal($"200 {seen} /second", answers[second.Id]);
        await mesh.Outbound.CountsAsync(2, Direction.Outbound, series => series.Requests);
    }

    [Fact]
    public async Task Request_ToAnInboundPort_IsUpgradedToo()
    {
        await using Http2App app = await Http2App.StartAsync(Http2App.EchoAsync, HttpProtocols.Http1);
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(app.EndPoint);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        socket.Connect(proxy.Inbound());
        await AskAsync(socket, $"GET /in HTTP/1.1\r\nHost: app\r\n{Asking}\r\n");
        using var client = new RawHttp2(socket, Http2Role.Client);
        _ = client.Codec.TryOpen();

        Assert.Equal("200 HTTP/1.1 /in", Await(client, 1)[1]);
        await proxy.CountsAsync(1, Direction.Inbound, series => series.ConnectionsOpened);
        await proxy.CountsAsync(1, Direction.Inbound, series => series.OpenConnections);
    }

    [Fact]
    public async Task Request_AfterOthersOnTheConnection_IsUpgradedToo()
    {
        await using Http2App app = await Http2App.StartAsync(Http2App.EchoAsync, HttpProtocols.Http1);
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: true);
        using Socket socket = mesh.ConnectRaw();
        await socket.SendAsync(Encoding.ASCII.GetBytes("HEAD /before HTTP/1.1\r\nHost: app\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 200 ", await HeadAsync(socket), StringComparison.Ordinal);
        await AskAsync(socket, $"OPTIONS * HTTP/1.1\r\nHost: app\r\n{Asking}\r\n");
        using var client = new RawHttp2(socket, Http2Role.Client);
        _ = client.Codec.TryOpen();

        Assert.StartsWith("200 HTTP/1.1", Await(client, 1)[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a body", "Content-Length: 2\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n")]
    [InlineData("no settings", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n")]
    [InlineData("two settings", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nHTTP2-Settings: AAMAAABk\r\n")]
    [InlineData("no Connection", "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n")]
    [InlineData("broken settings", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAA\r\n")]
    [InlineData("forbidden settings", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAIAAAAC\r\n")]
    public async Task Request_DoesNotAskRightly_IsServedInHttp1(string name, string fields)
    {
        string? leaked = null;
        await using Http2App app = await Http2App.StartAsync(
            context =>
            {
                leaked = $"{context.Request.Headers.Upgrade}{context.Request.Headers["HTTP2-Settings"]}";
                return Http2App.EchoAsync(context);
            },
            HttpProtocols.Http1);
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: true);
        using Socket socket = mesh.ConnectRaw();
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: app\r\n{fields}\r\n{(name == "a body" ? "hi" : "")}"));

        string head = await HeadAsync(socket);

        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        Assert.Equal("", leaked);
    }

    private static void DeclareHttp2(Http2Mesh mesh)
    {
        var policy = new InboundPolicy();
        policy.Ports.Add(new InboundPort { Port = (uint)mesh.Inbound.Inbound().Port, Protocol = Protocol.Protocol.Http2 });
        Assert.Null(mesh.Inbound.DataPlane.Apply(policy));
    }

    private static async Task AskAsync(Socket socket, string request)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        Assert.Equal("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", await HeadAsync(socket));
    }

    /// <summary>Byte by byte, so that nothing behind it is taken.</summary>
    private static async Task<string> HeadAsync(Socket socket)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.Equal(1, await socket.ReceiveAsync(one).WaitAsync(Testing.Eventually.Patience));
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    /// <summary>Status, what the server saw of the version, and the path, by stream.</summary>
    private static Dictionary<int, string> Await(RawHttp2 client, int count)
    {
        var answers = new Dictionary<int, string>();
        int ended = 0;
        while (ended < count)
        {
            Assert.True(client.Step((RawHttp2 _, in Http2Event e) =>
            {
                if (e.Kind == Http2EventKind.Response) answers[e.Stream!.Id] = $"{e.Stream.Head.Status} {Field(e, "x-protocol")} {Field(e, "x-path")}".TrimEnd();
                if (e.EndStream) ended++;
            }));
        }
        return answers;
    }

    private static string Field(in Http2Event e, string name) =>
        e.Stream!.Head.TryFind(Encoding.ASCII.GetBytes(name), out Tulle.Http.ByteRange value) ? Encoding.ASCII.GetString(value.In(e.Stream.Head.Buffer)) : "";
}
