using System.Net;
using System.Net.Sockets;
using Tulle.Http.Http2;

namespace Tulle.Proxy.Tests.Http2;

/// <summary>One end of a connection on a blocking socket, driven by the codec: for peers that do what real ones do not.</summary>
internal sealed class RawHttp2(Socket socket, Http2Role role) : IDisposable
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;
    private int _pingsAnswered;

    public delegate void Handler(RawHttp2 peer, in Http2Event e);

    public Http2Connection Codec { get; } = new(role);

    /// <summary>Pings of the peer that the codec has answered. Any thread.</summary>
    public int PingsAnswered => Volatile.Read(ref _pingsAnswered);

    /// <summary>Listens, and serves each connection on a thread of its own until it ends.</summary>
    public static (TcpListener Listener, IPEndPoint EndPoint) Listen(Handler handler)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        new Thread(() =>
        {
            try
            {
                while (true)
                {
                    Socket accepted = listener.AcceptSocket();
                    accepted.NoDelay = true;
                    new Thread(() => Serve(accepted, handler)) { IsBackground = true }.Start();
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The test is over, maybe before this thread had begun.
            }
        }) { IsBackground = true }.Start();
        return (listener, (IPEndPoint)listener.LocalEndpoint);
    }

    private static void Serve(Socket accepted, Handler handler)
    {
        using var peer = new RawHttp2(accepted, Http2Role.Server);
        try
        {
            while (peer.Step(handler))
            {
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The proxy closed it.
        }
    }

    /// <summary>Sends what the codec wants to send.</summary>
    public void Flush()
    {
        while (Codec.OutputLength > 0) Codec.Sent(socket.Send(Codec.Output));
    }

    /// <summary>Sends bytes that the codec would not.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        Flush();
        while (!bytes.IsEmpty) bytes = bytes[socket.Send(bytes)..];
    }

    /// <summary>Sends, then handles what has come, waiting for some. False when the connection has ended.</summary>
    public bool Step(Handler handler)
    {
        Flush();
        int n = socket.Receive(_buffer.AsSpan(_end));
        if (n == 0) return false;
        _end += n;
        while (true)
        {
            Http2Event e = Codec.Read(_buffer.AsSpan(_start, _end - _start), out int consumed);
            if (e.Kind != Http2EventKind.NeedMore)
            {
                handler(this, e);
                if (e.Kind == Http2EventKind.ConnectionError) return false;
            }
            _start += consumed;
            if (e.Kind == Http2EventKind.NeedMore) break;
        }
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        int pings = CountPingAnswers(Codec.Output);
        Flush();
        Volatile.Write(ref _pingsAnswered, _pingsAnswered + pings);
        return true;
    }

    private static int CountPingAnswers(ReadOnlySpan<byte> frames)
    {
        int count = 0;
        while (!frames.IsEmpty)
        {
            Http2FrameHeader header = Http2FrameHeader.Read(frames);
            if (header.Type == Http2FrameType.Ping && (header.Flags & Http2FrameFlags.Ack) != 0) count++;
            frames = frames[(Http2FrameHeader.Size + header.Length)..];
        }
        return count;
    }

    /// <summary>Sends a request on a new stream.</summary>
    public Http2Stream Request(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path, ReadOnlySpan<byte> body, bool end = true)
    {
        Http2Stream stream = Codec.TryOpen()!;
        Codec.BeginRequest(stream, method, "http"u8, "app"u8, path);
        Codec.Field("user-agent"u8, "test/1.0"u8);
        Codec.Field("accept"u8, "*/*"u8);
        Codec.EndHead(stream, endStream: end && body.IsEmpty);
        if (!body.IsEmpty) Codec.WriteData(stream, body, end);
        return stream;
    }

    /// <summary>Answers a request with 200 and a body.</summary>
    public void Answer(Http2Stream stream, ReadOnlySpan<byte> body)
    {
        Codec.BeginResponse(200);
        Codec.Field("content-type"u8, "text/plain"u8);
        Codec.EndHead(stream, endStream: false);
        Codec.WriteData(stream, body, endStream: true);
        Codec.Release(stream, Http2ErrorCode.NoError);
    }

    public void Dispose() => socket.Dispose();
}
