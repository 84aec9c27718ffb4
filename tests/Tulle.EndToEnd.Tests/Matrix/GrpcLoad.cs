using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Tulle.EndToEnd.Tests.EchoGrpc;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>Unary calls and short conversations over one channel, until told to stop; what fails is kept.</summary>
internal sealed class GrpcLoad : IAsyncDisposable
{
    private const int Rounds = 3;

    private readonly GrpcChannel _channel;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private int _calls;

    /// <param name="callers">Calls in flight at once.</param>
    /// <param name="pause">Of each caller between two calls.</param>
    public GrpcLoad(IPEndPoint server, int callers, TimeSpan pause)
    {
        _channel = GrpcChannel.ForAddress($"http://{server}");
        Echo.EchoClient client = new(_channel);
        _work = Task.WhenAll(Enumerable.Range(0, callers).Select(number => Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    await (number % 2 == 0 ? UnaryAsync(client) : ChatAsync(client));
                }
                catch (RpcException failure)
                {
                    Failures.Enqueue(failure);
                }
                catch (Exception failure) when (failure is InvalidOperationException or IOException or HttpRequestException)
                {
                    // A write to a call whose connection has ended.
                    Failures.Enqueue(new RpcException(new Status(StatusCode.Unavailable, failure.Message)));
                }
                Interlocked.Increment(ref _calls);
                await Task.Delay(pause);
            }
        })));
    }

    /// <summary>Calls that have ended, well or not.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public ConcurrentQueue<RpcException> Failures { get; } = new();

    public override string ToString() => $"{Calls} calls, failures: {string.Join("; ", Failures.GroupBy(f => f.Status.ToString()).Select(g => $"{g.Count()} × {g.Key}"))}";

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _work;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _channel.Dispose();
        _stop.Dispose();
    }

    private static DateTime Soon => DateTime.UtcNow.AddSeconds(20);

    private static async Task UnaryAsync(Echo.EchoClient client)
    {
        Reply reply = await client.UnaryAsync(new Request { Text = "hello" }, deadline: Soon);
        if (reply.Number != 5) throw new RpcException(new Status(StatusCode.DataLoss, $"answered {reply}"));
    }

    private static async Task ChatAsync(Echo.EchoClient client)
    {
        using AsyncDuplexStreamingCall<Request, Reply> chat = client.Chat(deadline: Soon);
        for (int round = 1; round <= Rounds; round++)
        {
            await chat.RequestStream.WriteAsync(new Request { Text = "hello" });
            if (!await chat.ResponseStream.MoveNext() || chat.ResponseStream.Current.Number != round)
                throw new RpcException(new Status(StatusCode.DataLoss, $"round {round} was not answered"));
        }
        await chat.RequestStream.CompleteAsync();
        if (await chat.ResponseStream.MoveNext()) throw new RpcException(new Status(StatusCode.DataLoss, "answered more than was asked"));
    }
}
