using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tulle.Proxy.Tests.Harness;

/// <summary>One end of a connection, for tests that say which bytes go over it. Every read gives up after a minute, which is longer than any machine needs.</summary>
internal sealed class TestPeer : IDisposable
{
    private static readonly int Patience = (int)Testing.Eventually.Patience.TotalMilliseconds;

    private readonly Stream _stream;
    private readonly List<byte> _received = [];

    public TestPeer(Socket socket, Stream? stream = null)
    {
        Socket = socket;
        socket.NoDelay = true;
        socket.ReceiveTimeout = socket.SendTimeout = Patience;
        _stream = stream ?? new NetworkStream(socket, ownsSocket: true);
        if (_stream.CanTimeout) _stream.ReadTimeout = _stream.WriteTimeout = Patience;
    }

    public Socket Socket { get; }

    public static TestPeer Connect(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(address);
        return new TestPeer(socket);
    }

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public void Send(byte[] bytes) => _stream.Write(bytes);

    /// <summary>Whether a read would find something: bytes, or the end.</summary>
    public bool IsReadable => _received.Count > 0 || Socket.Poll(0, SelectMode.SelectRead);

    public void EndSending() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Sends a request and reads its response.</summary>
    public TestMessage Exchange(string request, bool isHead = false)
    {
        Send(request);
        return ReadMessage(isHead);
    }

    /// <summary>Reads a head, and the body that it announces by length or chunks (kept as on the wire).</summary>
    public TestMessage ReadMessage(bool withoutBody = false)
    {
        string head = ReadThrough("\r\n\r\n");
        var message = new TestMessage(head, "");
        if (withoutBody || message.Status is >= 100 and < 200 or 204 or 304) return message;
        if (message.Header("Transfer-Encoding") is not null)
        {
            string body = "";
            // Trailers or not, the coding ends with an empty line after the last chunk.
            do body += ReadThrough("\r\n");
            while (!(body.EndsWith("\r\n\r\n", StringComparison.Ordinal) && (body.StartsWith("0\r\n", StringComparison.Ordinal) || body.Contains("\r\n0\r\n", StringComparison.Ordinal))));
            return message with { Body = body };
        }
        return message.Header("Content-Length") is { } length ? message with { Body = ReadExactly(int.Parse(length)) } : message;
    }

    public string ReadThrough(string end)
    {
        byte[] wanted = Encoding.Latin1.GetBytes(end);
        int at;
        while ((at = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_received).IndexOf(wanted)) < 0)
        {
            if (!Fill()) throw new EndOfStreamException($"closed after: {Encoding.Latin1.GetString([.. _received])}");
        }
        return Take(at + wanted.Length);
    }

    public string ReadExactly(int count)
    {
        while (_received.Count < count)
        {
            if (!Fill()) throw new EndOfStreamException($"closed after: {Encoding.Latin1.GetString([.. _received])}");
        }
        return Take(count);
    }

    /// <summary>Everything until the other side closes.</summary>
    public string ReadToEnd()
    {
        while (Fill())
        {
        }
        return Take(_received.Count);
    }

    /// <summary>Whether the other side has closed or reset, and sent nothing more.</summary>
    public bool IsClosed()
    {
        try
        {
            return ReadToEnd().Length == 0;
        }
        catch (IOException e) when (e.InnerException is not SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock })
        {
            return true;
        }
    }

    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public void Dispose() => _stream.Dispose();

    private bool Fill()
    {
        byte[] buffer = new byte[64 * 1024];
        int n = _stream.Read(buffer);
        _received.AddRange(buffer.AsSpan(0, n));
        return n > 0;
    }

    private string Take(int count)
    {
        string text = Encoding.Latin1.GetString([.. _received[..count]]);
        _received.RemoveRange(0, count);
        return text;
    }
}

/// <summary>A message as it came over the wire.</summary>
internal sealed record TestMessage(string Head, string Body)
{
    public string StartLine => Head[..Head.IndexOf("\r\n", StringComparison.Ordinal)];

    public int Status => Head.StartsWith("HTTP/", StringComparison.Ordinal) ? int.Parse(Head.AsSpan(9, 3)) : 0;

    public string? Header(string name) => Head.Split("\r\n").Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();
}
