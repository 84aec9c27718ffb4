using System.Net;
using System.Net.Sockets;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Forwarding;

/// <summary>An application that never answers, and notes how the connection of its first request ends.</summary>
internal sealed class HangingServer : IDisposable
{
    private readonly TestServer _server;
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="begin">What it says before it hangs.</param>
    public HangingServer(string begin = "") => _server = new TestServer((peer, _) =>
    {
        // As long as a test has patience: what ends the wait is the peer.
        peer.Socket.ReceiveTimeout = 60_000;
        peer.ReadThrough("\r\n\r\n");
        peer.Send(begin);
        _asked.TrySetResult();
        _ended.TrySetResult(EndOf(peer));
    });

    public IPEndPoint EndPoint => _server.EndPoint;

    /// <summary>Connections accepted so far.</summary>
    public int Connections => _server.Connections;

    /// <summary>A request has come.</summary>
    public Task AskedAsync() => _asked.Task.WaitAsync(Testing.Eventually.Patience);

    /// <summary>How the peer ended the connection while the application hung: "reset" or "end".</summary>
    public Task<string> EndedAsync() => _ended.Task.WaitAsync(Testing.Eventually.Patience);

    public void Dispose() => _server.Dispose();

    /// <summary>How the peer ends a connection on which nothing is said: "reset" or "end".</summary>
    public static string EndOf(TestPeer peer)
    {
        try
        {
            peer.ReadToEnd();
            return "end";
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return "reset";
        }
    }
}
