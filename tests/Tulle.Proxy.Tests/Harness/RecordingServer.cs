using System.Collections.Concurrent;
using System.Net;

namespace Tulle.Proxy.Tests.Harness;

/// <summary>An application that keeps what it received.</summary>
internal sealed class RecordingServer : IDisposable
{
    private readonly TestServer _server;

    /// <param name="answer">What it answers; a plain 200 when left out.</param>
    public RecordingServer(Func<TestMessage, string>? answer = null) => _server = TestServer.Answering(message =>
    {
        Received.Enqueue(message);
        return answer?.Invoke(message) ?? TestServer.Ok("hello");
    });

    /// <summary>Every request, in the order they came.</summary>
    public ConcurrentQueue<TestMessage> Received { get; } = new();

    public IPEndPoint EndPoint => _server.EndPoint;

    public void Dispose() => _server.Dispose();
}
