using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Tulle.EndToEnd.Tests.EchoGrpc;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>The .NET gRPC client: the same checks as Apps/node/client.js.</summary>
internal sealed class GrpcChecks(IPEndPoint server) : IDisposable
{
    private const int Large = 3 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly GrpcChannel _channel = GrpcChannel.ForAddress($"http://{server}", new GrpcChannelOptions { MaxReceiveMessageSize = null });

    private Echo.EchoClient Client => new(_channel);

    private static DateTime Soon => DateTime.UtcNow + Patience;

    public async Task AllAsync()
    {
        await UnaryAsync();
        await FailureAsync();
        await StreamsAsync();
        await ChatAsync();
        await DeadlineAsync();
        await CancellationAsync();
    }

    private async Task UnaryAsync()
    {
        using AsyncUnaryCall<Reply> call = Client.UnaryAsync(new Request { Text = "hello" }, deadline: Soon);
        Assert.Equal("first", (await call.ResponseHeadersAsync).GetValue("x-leading"));
        Assert.Equal(5, (await call.ResponseAsync).Number);
        Assert.Equal("last", call.GetTrailers().GetValue("x-trailing"));
        Reply large = await Client.UnaryAsync(new Request { Text = new string('x', Large) }, deadline: Soon);
        Assert.Equal((Large, Large), (large.Number, large.Text.Length));
    }

    private async Task FailureAsync()
    {
        RpcException failure = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.UnaryAsync(new Request { FailWith = (int)StatusCode.FailedPrecondition }, deadline: Soon));
        Assert.Equal((StatusCode.FailedPrecondition, "as asked"), (failure.StatusCode, failure.Status.Detail));
        Assert.Equal("last", failure.Trailers.GetValue("x-trailing"));
    }

    private async Task StreamsAsync()
    {
        using AsyncClientStreamingCall<Request, Reply> collect = Client.Collect(deadline: Soon);
        for (int i = 0; i < 100; i++) await collect.RequestStream.WriteAsync(new Request { Text = new string('x', 1000) });
        await collect.RequestStream.CompleteAsync();
        Assert.Equal(100_000, (await collect).Number);

        using AsyncServerStreamingCall<Reply> spread = Client.Spread(new Request { Text = new string('y', 1000), Count = 500 }, deadline: Soon);
        int seen = 0;
        await foreach (Reply reply in spread.ResponseStream.ReadAllAsync()) Assert.Equal(++seen, reply.Number);
        Assert.Equal(500, seen);
    }

    private async Task ChatAsync()
    {
        using AsyncDuplexStreamingCall<Request, Reply> chat = Client.Chat(deadline: Soon);
        for (int round = 1; round <= 20; round++)
        {
            // Each request waits for the reply to the one before it.
            await chat.RequestStream.WriteAsync(new Request { Text = $"message {round}" });
            Assert.True(await chat.ResponseStream.MoveNext());
            Assert.Equal(($"message {round}", round), (chat.ResponseStream.Current.Text, chat.ResponseStream.Current.Number));
        }
        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext());
    }

    private async Task DeadlineAsync()
    {
        int before = await CancelledAsync();
        RpcException late = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.HangAsync(new Request(), deadline: DateTime.UtcNow.AddMilliseconds(200)));
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        await Eventually.TrueAsync(async () => await CancelledAsync() == before + 1, Patience, "the server is told that the deadline is over");
    }

    private async Task CancellationAsync()
    {
        int before = await CancelledAsync();
        using CancellationTokenSource stop = new();
        using AsyncUnaryCall<Reply> call = Client.HangAsync(new Request(), cancellationToken: stop.Token);
        // Calls share a connection, so the server has this one when it has answered a later one.
        await CancelledAsync();
        await stop.CancelAsync();
        RpcException cancelled = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Cancelled, cancelled.StatusCode);
        await Eventually.TrueAsync(async () => await CancelledAsync() == before + 1, Patience, "the server is told that the call is cancelled");
    }

    private async Task<int> CancelledAsync() => (await Client.CancelledAsync(new Request(), deadline: Soon)).Number;

    public void Dispose() => _channel.Dispose();
}
