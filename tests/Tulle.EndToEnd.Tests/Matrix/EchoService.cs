using Grpc.Core;
using Tulle.EndToEnd.Tests.EchoGrpc;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>The .NET server of <c>echo.proto</c>.</summary>
public sealed class EchoService(GrpcState state) : Echo.EchoBase
{
    public override async Task<Reply> Unary(Request request, ServerCallContext context)
    {
        await context.WriteResponseHeadersAsync(new Metadata { { "x-leading", "first" } });
        context.ResponseTrailers.Add("x-trailing", "last");
        if (request.FailWith != 0) throw new RpcException(new Status((StatusCode)request.FailWith, "as asked"));
        return new Reply { Text = request.Text, Number = request.Text.Length };
    }

    public override Task<Reply> Cancelled(Request request, ServerCallContext context) => Task.FromResult(new Reply { Number = state.Cancelled });

    public override async Task<Reply> Collect(IAsyncStreamReader<Request> requests, ServerCallContext context)
    {
        int count = 0, length = 0;
        await foreach (Request request in requests.ReadAllAsync(context.CancellationToken))
        {
            count++;
            length += request.Text.Length;
        }
        return new Reply { Text = $"{count} messages", Number = length };
    }

    public override async Task Spread(Request request, IServerStreamWriter<Reply> replies, ServerCallContext context)
    {
        for (int i = 1; i <= request.Count; i++) await replies.WriteAsync(new Reply { Text = request.Text, Number = i });
    }

    public override async Task Chat(IAsyncStreamReader<Request> requests, IServerStreamWriter<Reply> replies, ServerCallContext context)
    {
        int number = 0;
        await foreach (Request request in requests.ReadAllAsync(context.CancellationToken))
            await replies.WriteAsync(new Reply { Text = request.Text, Number = ++number });
    }

    public override async Task<Reply> Hang(Request request, ServerCallContext context)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = context.CancellationToken.Register(ended.SetResult);
        await ended.Task;
        state.CountCancelled();
        return new Reply();
    }
}
