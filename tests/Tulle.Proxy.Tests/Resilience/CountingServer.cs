using System.Collections.Concurrent;
using System.Net;
using Tulle.Proxy.Tests.Harness;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Resilience;

/// <summary>A server that notes every request it receives and answers as the test says; some it keeps waiting.</summary>
internal sealed class CountingServer : IDisposable
{
    /// <summary>An answer that never comes: the connection stays open.</summary>
    public const string Silence = "";

    /// <summary>Instead of an answer the connection is reset.</summary>
    public const string Reset = "reset";

    private readonly TestServer _server;
    private readonly ConcurrentQueue<TestMessage> _requests = new();
    private readonly SemaphoreSlim _gate = new(0);

    /// <param name="answer">The answer to the n-th request, from 0.</param>
    /// <param name="gated">Every answer waits until <see cref="Release"/> lets it go.</param>
    public CountingServer(Func<TestMessage, int, string> answer, bool gated = false)
    {
        int count = 0;
        _server = new TestServer((peer, _) =>
        {
            while (true)
            {
                TestMessage request = peer.ReadMessage();
                int number = Interlocked.Increment(ref count) - 1;
                _requests.Enqueue(request);
                if (gated) _gate.Wait();
                string text = answer(request, number);
                if (text == Silence)
                {
                    peer.ReadToEnd();
                    return;
                }
                if (text == Reset)
                {
                    peer.Reset();
                    return;
                }
                peer.Send(text);
            }
        });
    }

    public IPEndPoint EndPoint => _server.EndPoint;

    public int Connections => _server.Connections;

    public IReadOnlyList<TestMessage> Requests => [.. _requests];

    public static string Status(int status, string header = "") => $"HTTP/1.1 {status} Status\r\n{header}Content-Length: 2\r\n\r\nno";

    /// <summary>Answers every request with the same status.</summary>
    public static CountingServer Always(int status) => new((_, _) => Status(status));

    /// <summary>Lets answers of a gated server go.</summary>
    public void Release(int count = 1) => _gate.Release(count);

    /// <summary>Waits until it has received that many requests; more than that fail the test.</summary>
    public async Task ReceivesAsync(int count)
    {
        await Eventually.TrueAsync(
            () => _requests.Count >= count, Eventually.Patience, $"the server receives {count} requests", () => $"it has received {_requests.Count}");
        Assert.Equal(count, _requests.Count);
    }

    public void Dispose()
    {
        _gate.Release(1_000);
        _server.Dispose();
    }
}
