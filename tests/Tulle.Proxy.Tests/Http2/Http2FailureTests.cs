using System.Net;
using System.Net.Sockets;
using Tulle.Http.Http2;
using Tulle.Protocol;

namespace Tulle.Proxy.Tests.Http2;

/// <summary>Servers that refuse, go away or break off, and clients that attack. What the server received is counted.</summary>
public sealed class Http2FailureTests
{
    [Fact]
    public async Task Server_RefusesTheStream_RequestIsSentAgain()
    {
        int received = 0;
        (TcpListener listener, IPEndPoint server) = RawHttp2.Listen((RawHttp2 peer, in Http2Event e) =>
        {
            if (e.Kind != Http2EventKind.Request) return;
            if (Interlocked.Increment(ref received) == 1) peer.Codec.Release(e.Stream!, Http2ErrorCode.RefusedStream);
            else peer.Answer(e.Stream!, "second"u8);
        });
        using TcpListener _ = listener;
        await using var mesh = new Http2Mesh(server, mutualTls: true);
        using HttpClient client = mesh.NewClient();

        Assert.Equal("second", await client.GetStringAsync("/", TestContext.Current.CancellationToken));
        Assert.Equal(2, received);
    }

    [Fact]
    public async Task Server_ResetsAStreamThatItMayHaveProcessed_PostIsNotRepeated()
    {
        int received = 0;
        (TcpListener listener, IPEndPoint server) = RawHttp2.Listen((RawHttp2 peer, in Http2Event e) =>
        {
            if (e.Kind != Http2EventKind.Request) return;
            Interlocked.Increment(ref received);
            peer.Codec.Release(e.Stream!, Http2ErrorCode.InternalError);
        });
        using TcpListener _ = listener;
        await using var mesh = new Http2Mesh(server, mutualTls: true);
        using HttpClient client = mesh.NewClient();

        using HttpResponseMessage response = await client.PostAsync("/", new StringContent("pay"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("stream-reset", Assert.Single(response.Headers.GetValues("tulle-error")));
        Assert.Equal(1, received);
    }

    [Fact]
    public async Task Server_GoesAway_StreamsAboveItsLastGoElsewhere()
    {
        int received = 0;
        (TcpListener listener, IPEndPoint server) = RawHttp2.Listen((RawHttp2 peer, in Http2Event e) =>
        {
            if (e.Kind != Http2EventKind.Request) return;
            if (Interlocked.Increment(ref received) == 1) peer.Codec.GoAway(lastStream: 0);
            else if (!peer.Codec.GoesAway) peer.Answer(e.Stream!, "elsewhere"u8);
        });
        using TcpListener _ = listener;
        await using var mesh = new Http2Mesh(server, mutualTls: false);
        using HttpClient client = mesh.NewClient();

        Assert.Equal("elsewhere", await client.GetStringAsync("/", TestContext.Current.CancellationToken));
        Assert.Equal(2, received);
    }

    [Fact]
    public async Task Requests_MoreThanOneConnectionCarries_AreAllAnswered()
    {
        (TcpListener listener, IPEndPoint server) = RawHttp2.Listen((RawHttp2 peer, in Http2Event e) =>
        {
            if (e.Kind == Http2EventKind.Request) peer.Answer(e.Stream!, "ok"u8);
        });
        using TcpListener _ = listener;
        await using var mesh = new Http2Mesh(server, mutualTls: false);
        using HttpClient client = mesh.NewClient();

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 250).Select(_ => client.GetStringAsync("/", TestContext.Current.CancellationToken)));

        Assert.All(answers, answer => Assert.Equal("ok", answer));
    }

    [Fact]
    public async Task Client_ResetsRapidly_IsToldToCalmDown()
    {
        (TcpListener listener, IPEndPoint server) = RawHttp2.Listen((RawHttp2 _, in Http2Event _) => { });
        using TcpListener __ = listener;
        await using var mesh = new Http2Mesh(server, mutualTls: false);
        using var client = new RawHttp2(mesh.ConnectRaw(), Http2Role.Client);
        Http2ErrorCode? told = null;

        for (int i = 0; i < 8_000 && told is null; i++)
        {
            Http2Stream stream = client.Request("GET"u8, "/"u8, default);
            client.Codec.Release(stream);
            try
            {
                if (i % 100 == 99) client.Flush();
            }
            catch (SocketException)
            {
                break;
            }
        }
        try
        {
            while (told is null && client.Step((RawHttp2 _, in Http2Event e) => told = e.Kind == Http2EventKind.GoAway ? e.Error.Code : told))
            {
            }
        }
        catch (SocketException)
        {
            // The GOAWAY may be lost behind a reset of the socket; the counter says the same.
        }

        Assert.True(told is null or Http2ErrorCode.EnhanceYourCalm);
        await Testing.Eventually.TrueAsync(() => mesh.Outbound.Errors("http2-rapid-reset") == 1, Testing.Eventually.Patience, "it is counted");
    }

    [Fact]
    public async Task Client_BreaksOff_ServerHearsOfItAndTheProxyForgets()
    {
        int resets = 0;
        var began = new TaskCompletionSource();
        (TcpListener listener, IPEndPoint server) = RawHttp2.Listen((RawHttp2 peer, in Http2Event e) =>
        {
            if (e.Kind == Http2EventKind.Request) began.TrySetResult();
            if (e.Kind != Http2EventKind.Reset) return;
            Interlocked.Increment(ref resets);
            peer.Codec.Release(e.Stream!);
        });
        using TcpListener _ = listener;
        await using var mesh = new Http2Mesh(server, mutualTls: true);
        using (var client = new RawHttp2(mesh.ConnectRaw(), Http2Role.Client))
        {
            client.Request("POST"u8, "/"u8, "abc"u8, end: false);
            client.Flush();
            await began.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }

        await Testing.Eventually.TrueAsync(() => Volatile.Read(ref resets) == 1, Testing.Eventually.Patience, "the server's stream is reset");
        await mesh.Outbound.CountsAsync(1, Direction.Outbound, series => series.Requests);
    }

    [Fact]
    public async Task Drain_WithAStreamUnderWay_FinishesIt()
    {
        var began = new TaskCompletionSource<(RawHttp2, Http2Stream)>();
        (TcpListener listener, IPEndPoint server) = RawHttp2.Listen((RawHttp2 peer, in Http2Event e) =>
        {
            if (e.Kind == Http2EventKind.Request) began.TrySetResult((peer, e.Stream!));
        });
        using TcpListener _ = listener;
        await using var mesh = new Http2Mesh(server, mutualTls: true);
        using HttpClient client = mesh.NewClient();

        Task<string> request = client.GetStringAsync("/", TestContext.Current.CancellationToken);
        (RawHttp2 peer, Http2Stream stream) = await began.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Task drained = Task.WhenAll(mesh.Outbound.DataPlane.DrainAsync(TimeSpan.FromSeconds(10)), mesh.Inbound.DataPlane.DrainAsync(TimeSpan.FromSeconds(10)));
        // The drain has gone as far as it can: nothing is accepted any more, and only the stream holds it up.
        await Testing.Eventually.TrueAsync(() => IsRefused(mesh.Outbound.Outbound), Testing.Eventually.Patience, "the listener closes");
        Assert.False(drained.IsCompleted);
        peer.Answer(stream, "finished"u8);
        peer.Flush();

        Assert.Equal("finished", await request);
        await drained;
    }

    [Fact]
    public async Task Client_NeverFinishesAFrame_IsCutOff()
    {
        (TcpListener listener, IPEndPoint server) = RawHttp2.Listen((RawHttp2 _, in Http2Event _) => { });
        using TcpListener _ = listener;
        await using var mesh = new Http2Mesh(server, mutualTls: false, config => config with { HeadTimeout = TimeSpan.FromMilliseconds(200) });
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        socket.Connect(mesh.Inbound.Inbound());
        byte[] half = [0, 0, 100, 1, 5, 0, 0, 0, 1, 0x82];

        socket.Send((byte[])[.. Http2Connection.Preface, 0, 0, 0, 4, 0, 0, 0, 0, 0, .. half]);

        byte[] buffer = new byte[4096];
        while (socket.Receive(buffer) > 0)
        {
            // SETTINGS and its acknowledgement come, then the end.
        }
    }

    private static bool IsRefused(IPEndPoint address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(address);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
