using System.Net.WebSockets;
using System.Security.Cryptography;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>What stays open: WebSockets, server-sent events, long polls.</summary>
public sealed class LongLivedTests(MatrixMesh matrix)
{
    private static readonly CancellationToken Late = new CancellationTokenSource(TimeSpan.FromMinutes(10)).Token;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<Hop, string> Http1 => new() { { Hop.MutualTls, "http1" }, { Hop.Plaintext, "http1" } };

    public static TheoryData<Hop, string, string> Versions => new()
    {
        { Hop.MutualTls, "1.1", "http1" }, { Hop.Plaintext, "1.1", "http1" },
        { Hop.MutualTls, "2.0", "http2" }, { Hop.Plaintext, "2.0", "http2" },
    };

    public static TheoryData<Hop> Http2 => [Hop.MutualTls, Hop.Plaintext];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task WebSocket_DotNetClient_CarriesMessagesBothWays(Hop hop, string version, string server)
    {
        ProxyPair pair = await matrix.PairAsync(hop, server);
        using HttpMessageInvoker invoker = new(new SocketsHttpHandler { UseProxy = false });
        using ClientWebSocket socket = new();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(new Uri($"ws://{pair.Entry}/socket"), invoker, Late);
        foreach (int size in new[] { 0, 1, 126, 65_536, 200_000 })
        {
            byte[] message = RandomNumberGenerator.GetBytes(size);
            await socket.SendAsync(message, WebSocketMessageType.Binary, true, Late);
            Assert.Equal(message, await ReceiveAsync(socket));
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", Late);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Theory]
    [MemberData(nameof(Http1))]
    public async Task WebSocket_NodeClient_CarriesMessagesBothWays(Hop hop, string server)
    {
        ProxyPair pair = await matrix.PairAsync(hop, server);
        CommandResult result = await RunningProcess.RunAsync(
            "node", ["--no-warnings", "--experimental-websocket", NodeServer.Script("socket.js"), $"ws://{pair.Entry}/socket"], Patience);
        Assert.True(result.ExitCode == 0, $"{result}\n{pair.Show()}");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Events_EachArrivesBeforeTheNextIsSent(Hop hop, string version, string server)
    {
        ProxyPair pair = await matrix.PairAsync(hop, server);
        using HttpClient client = Client(version);
        using HttpResponseMessage response = await client.GetAsync(new Uri($"{pair.Url}/events/5"), HttpCompletionOption.ResponseHeadersRead, Late);
        using StreamReader events = new(await response.Content.ReadAsStreamAsync(Late));
        for (int i = 1; i <= 5; i++)
        {
            // The server sends the next one only after this one was seen here.
            Assert.Equal($"data: {i}", await events.ReadLineAsync(Late).AsTask().WaitAsync(Patience, Late));
            Assert.Equal("", await events.ReadLineAsync(Late));
            matrix.Server.Wake();
        }
        Assert.Null(await events.ReadLineAsync(Late));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Poll_AnsweredLater_IsHeldUntilThen(Hop hop, string version, string server)
    {
        ProxyPair pair = await matrix.PairAsync(hop, server);
        using HttpClient client = Client(version);
        Task<string> poll = client.GetStringAsync(new Uri($"{pair.Url}/poll"), Late);
        await matrix.Server.PollingAsync().WaitAsync(Patience, Late);
        Assert.False(poll.IsCompleted);
        matrix.Server.Wake();
        Assert.Equal("news", await poll.WaitAsync(Patience, Late));
    }

    [Theory]
    [MemberData(nameof(Http2))]
    public async Task Trailers_OfAResponse_Arrive(Hop hop)
    {
        // Kestrel sends trailers over HTTP/2 only.
        ProxyPair pair = await matrix.PairAsync(hop, "http2");
        using HttpClient client = Client("2.0");
        using HttpResponseMessage response = await client.GetAsync(new Uri($"{pair.Url}/trailers"), Late);
        Assert.Equal("with trailers", await response.Content.ReadAsStringAsync(Late));
        Assert.Equal("abc", Assert.Single(response.TrailingHeaders.GetValues("x-checksum")));
    }

    private static HttpClient Client(string version) => new(new SocketsHttpHandler { UseProxy = false })
    {
        DefaultRequestVersion = Version.Parse(version),
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Patience,
    };

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket)
    {
        using MemoryStream message = new();
        byte[] buffer = new byte[64 * 1024];
        ValueWebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer.AsMemory(), Late).AsTask().WaitAsync(Patience, Late);
            message.Write(buffer, 0, received.Count);
        }
        while (!received.EndOfMessage);
        return message.ToArray();
    }
}
