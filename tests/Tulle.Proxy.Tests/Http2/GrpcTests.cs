using System.Buffers.Binary;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Http;

namespace Tulle.Proxy.Tests.Http2;

/// <summary>A real gRPC client through two proxies with mTLS; the server speaks gRPC's framing by hand, so that it can also misbehave.</summary>
public sealed class GrpcTests
{
    private static readonly Marshaller<string> Text = Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString);

    [Fact]
    public async Task Unary_StatusInTrailers_IsUnderstood()
    {
        await using Http2App app = await Http2App.StartAsync(AnswerAsync);
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: true);
        using GrpcChannel channel = GrpcChannel.ForAddress(mesh.Address);

        Assert.Equal("hello", await channel.CreateCallInvoker().AsyncUnaryCall(Method("Echo", MethodType.Unary), null, default, "hello"));
    }

    [Fact]
    public async Task Unary_TrailersOnly_GivesTheStatus()
    {
        await using Http2App app = await Http2App.StartAsync(AnswerAsync);
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: true);
        using GrpcChannel channel = GrpcChannel.ForAddress(mesh.Address);

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () =>
            await channel.CreateCallInvoker().AsyncUnaryCall(Method("Refuse", MethodType.Unary), null, default, "x"));

        Assert.Equal((StatusCode.PermissionDenied, "not you"), (e.StatusCode, e.Status.Detail));
    }

    [Fact]
    public async Task Bidirectional_MessagesPassOneByOne()
    {
        await using Http2App app = await Http2App.StartAsync(AnswerAsync);
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: true);
        using GrpcChannel channel = GrpcChannel.ForAddress(mesh.Address);
        using AsyncDuplexStreamingCall<string, string> call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(Method("Echo", MethodType.DuplexStreaming), null, default);

        for (int i = 0; i < 20; i++)
        {
            await call.RequestStream.WriteAsync($"message {i}", TestContext.Current.CancellationToken);
            Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            Assert.Equal($"message {i}", call.ResponseStream.Current);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Deadline_Passes_ServerIsToldAndClientKnows()
    {
        var aborted = new TaskCompletionSource<string>();
        await using Http2App app = await Http2App.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => aborted.TrySetResult(context.Request.Headers["grpc-timeout"].ToString()));
            await aborted.Task;
        });
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: true);
        using GrpcChannel channel = GrpcChannel.ForAddress(mesh.Address);

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await channel.CreateCallInvoker().AsyncUnaryCall(
            Method("Wait", MethodType.Unary), null, new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(300)), "x"));

        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        Assert.EndsWith("m", await aborted.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Mesh_AnswersItself_AsGrpcStatus()
    {
        await using Http2App app = await Http2App.StartAsync(AnswerAsync);
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: true);
        mesh.Outbound.Route("app:80", Array.Empty<System.Net.IPEndPoint>());
        using GrpcChannel channel = GrpcChannel.ForAddress(mesh.Address);

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () =>
            await channel.CreateCallInvoker().AsyncUnaryCall(Method("Echo", MethodType.Unary), null, default, "x"));

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    private static Method<string, string> Method(string name, MethodType type) => new(type, "test.Service", name, Text, Text);

    /// <summary>Sends each message back, or refuses with nothing but a head.</summary>
    private static async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        if (context.Request.Path.Value!.EndsWith("/Refuse", StringComparison.Ordinal))
        {
            context.Response.Headers["grpc-status"] = "7";
            context.Response.Headers["grpc-message"] = "not you";
            return;
        }
        await context.Response.Body.FlushAsync();
        var prefix = new byte[5];
        while (await context.Request.Body.ReadAtLeastAsync(prefix, 5, throwOnEndOfStream: false) == 5)
        {
            var message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
            await context.Request.Body.ReadExactlyAsync(message);
            await context.Response.Body.WriteAsync((byte[])[.. prefix, .. message]);
            await context.Response.Body.FlushAsync();
        }
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
