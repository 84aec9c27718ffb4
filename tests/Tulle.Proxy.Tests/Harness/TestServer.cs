using System.Net;
using System.Net.Sockets;

namespace Tulle.Proxy.Tests.Harness;

/// <summary>An application: runs a piece of the test for every connection that it accepts.</summary>
internal sealed class TestServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Action<TestPeer, int> _serve;
    private readonly List<TestPeer> _peers = [];
    private int _connections;

    /// <param name="serve">Gets the connection and its number, from 0. The connection closes when it returns.</param>
    public TestServer(Action<TestPeer, int> serve)
    {
        _serve = serve;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Answers every request of every connection.</summary>
    public static TestServer Answering(Func<TestMessage, string> answer) => new((peer, _) =>
    {
        while (true) peer.Send(answer(peer.ReadMessage()));
    });

    /// <summary>Answers 200 with that body.</summary>
    public static TestServer Saying(string body) => Answering(_ => Ok(body));

    public static string Ok(string body) => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    public void Dispose()
    {
        _listener.Dispose();
        lock (_peers)
        {
            foreach (TestPeer peer in _peers) peer.Dispose();
        }
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var peer = new TestPeer(_listener.Accept());
                lock (_peers) _peers.Add(peer);
                int number = Interlocked.Increment(ref _connections) - 1;
                new Thread(() => Serve(peer, number)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private void Serve(TestPeer peer, int number)
    {
        try
        {
            _serve(peer, number);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
        }
        finally
        {
            peer.Dispose();
        }
    }
}
