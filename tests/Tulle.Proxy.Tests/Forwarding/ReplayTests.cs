using System.Text;
using CsCheck;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Forwarding;

/// <summary>A request that is sent again is the same request, byte by byte, and nothing of it comes twice.</summary>
public sealed class ReplayTests
{
    // Below what a receive buffer keeps of a request without being asked to keep more.
    private const int MaxBody = 12_000;

    [Fact]
    public async Task Request_IdleConnectionClosedMeanwhile_IsSentAgainAsItWas()
    {
        // Every second connection dies over its second request, whose head and a part of whose body it has read.
        int stopAt = 0;
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadMessage();
            peer.Send(TestServer.Ok("warm"));
            peer.ReadThrough("\r\n\r\n");
            peer.ReadExactly(Volatile.Read(ref stopAt));
            peer.Reset();
        });
        string seen = "";
        using TestServer healthy = TestServer.Answering(request =>
        {
            seen = request.Body;
            return TestServer.Ok("done");
        });
        await using var proxy = new ProxyUnderTest();

        Gen.Select(Gen.Byte.Array[1, MaxBody], Gen.Int[0, MaxBody], Gen.Bool, Gen.Int[1, 5]).Sample(
            (body, stop, chunked, pieces) =>
            {
                Volatile.Write(ref stopAt, Math.Min(stop, body.Length));
                proxy.Route("app:80", server.EndPoint);
                using TestPeer client = TestPeer.Connect(proxy.Outbound);
                Assert.Equal("warm", client.Exchange("GET http://app/ HTTP/1.1\r\nHost: a\r\n\r\n").Body);
                proxy.Route("app:80", healthy.EndPoint);

                string text = Encoding.Latin1.GetString(body);
                string framed = chunked ? $"{body.Length:x}\r\n{text}\r\n0\r\n\r\n" : text;
                string field = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {body.Length}";
                byte[] wire = Encoding.Latin1.GetBytes($"PUT http://app/ HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n{framed}");
                foreach (byte[] piece in wire.Chunk((wire.Length + pieces - 1) / pieces)) client.Send(piece);
                TestMessage response = client.ReadMessage();
                Assert.Equal(200, response.Status);
                Assert.Equal(framed, seen);
            },
            iter: 60, threads: 1);
    }

    [Fact]
    public async Task Request_RetriedByPolicy_IsSentAgainAsItWasOrNotAtAll()
    {
        int failures = 0, readBefore = 0;
        var seen = new List<string>();
        // Fails the first requests after it has read a part of their body; then takes one as a whole.
        using var server = new TestServer((peer, _) =>
        {
            while (true)
            {
                string head = peer.ReadThrough("\r\n\r\n");
                if (Interlocked.Decrement(ref failures) >= 0)
                {
                    peer.ReadExactly(Volatile.Read(ref readBefore));
                    peer.Send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
                    return;
                }
                string body = peer.ReadExactly(int.Parse(new TestMessage(head, "").Header("Content-Length")!));
                lock (seen) seen.Add(body);
                peer.Send(TestServer.Ok("done"));
            }
        });
        await using var proxy = new ProxyUnderTest();
        var backend = new Backend { Name = "app", Endpoints = { new Endpoint { Address = "127.0.0.1", Port = (uint)server.EndPoint.Port } } };
        proxy.Apply(new Destination
        {
            Authority = "app:80",
            Resolution = Resolution.Mesh,
            Backends = { backend },
            RetryBudget = new RetryBudget { RatioPpm = 1_000_000, MinPerSecond = 100_000, TtlMs = 10_000 },
            Routes =
            {
                new Route
                {
                    Name = "default",
                    Backends = { new WeightedBackend { Backend = "app", Weight = 1 } },
                    Retries = new RetryPolicy { Limit = 3, On = { RetryCondition.Retry5Xx }, AnyMethod = true, BackoffBaseMs = 1, BackoffMaxMs = 1 },
                },
            },
        });

        Gen.Select(Gen.OneOf(Gen.Int[0, 3_000], Gen.Int[10_000, 20_000], Gen.Int[40_000, 100_000]), Gen.Int[0, 3], Gen.Int[0, 2_000], Gen.Int[1, 4]).Sample(
            (size, failing, read, pieces) =>
            {
                string body = string.Create(size, size, (text, seed) =>
                {
                    for (int i = 0; i < text.Length; i++) text[i] = (char)('a' + (i * 31 + seed + i / 7) % 26);
                });
                Volatile.Write(ref readBefore, Math.Min(read, size));
                Volatile.Write(ref failures, failing);
                lock (seen) seen.Clear();
                using TestPeer client = TestPeer.Connect(proxy.Outbound);
                byte[] wire = Encoding.Latin1.GetBytes($"POST http://app/ HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n{body}");
                try
                {
                    foreach (byte[] piece in wire.Chunk((wire.Length + pieces - 1) / pieces)) client.Send(piece);
                }
                catch (IOException)
                {
                    // Answered before all of it was taken.
                }
                TestMessage response = client.ReadMessage();
                lock (seen)
                {
                    // What is larger than the buffer for it may be given up, but is never sent in part or twice.
                    if (response.Status == 200) Assert.Equal([body], seen);
                    else Assert.Empty(seen);
                    if (size < 40_000) Assert.Equal(200, response.Status);
                }
            },
            iter: 60, threads: 1);
    }
}
