using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>
/// The application at the end of every path: one port speaks HTTP/1.1 only, the other HTTP/2 with prior knowledge only,
/// so that a proxy that guesses wrong fails.
/// </summary>
public sealed class MatrixServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SemaphoreSlim _polls = new(0);
    private volatile TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MatrixServer(WebApplication app) => _app = app;

    public IPEndPoint Http1 { get; private set; } = null!;

    public IPEndPoint Http2 { get; private set; } = null!;

    public GrpcState Grpc { get; } = new();

    /// <summary>Waits until a long poll has arrived.</summary>
    public async Task PollingAsync() => await _polls.WaitAsync();

    /// <summary>Server-sent events and long polls wait for this, one at a time.</summary>
    public void Wake() => Interlocked.Exchange(ref _wake, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public static async Task<MatrixServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        WebApplication? app = null;
        MatrixServer? server = null;
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_ => server!.Grpc);
        app = builder.Build();
        server = new MatrixServer(app);
        server.Map();
        await app.StartAsync();
        IPEndPoint[] addresses = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => IPEndPoint.Parse(address["http://".Length..]))];
        (server.Http1, server.Http2) = (addresses[0], addresses[1]);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        Wake();
        await _app.DisposeAsync();
        _polls.Dispose();
    }

    private void Map()
    {
        _app.UseWebSockets();
        _app.MapGrpcService<EchoService>();
        _app.MapGet("/bytes/{size:long}", SendAsync);
        _app.MapMethods("/hash", ["POST", "PUT"], HashAsync);
        _app.MapPost("/echo", EchoAsync);
        _app.MapGet("/trailers", TrailersAsync);
        _app.MapGet("/events/{count:int}", EventsAsync);
        _app.MapGet("/poll", PollAsync);
        _app.Map("/socket", SocketAsync);
    }

    private static async Task SendAsync(HttpContext context, long size)
    {
        context.Response.ContentLength = size;
        await Payload.WriteAsync(context.Response.Body, size);
    }

    /// <summary>Answers with what it received: "HASH LENGTH PROTOCOL". With ?slow it reads 64 KiB every other millisecond.</summary>
    private static async Task HashAsync(HttpContext context)
    {
        TimeSpan pause = context.Request.Query.ContainsKey("slow") ? TimeSpan.FromMilliseconds(2) : TimeSpan.Zero;
        (string hash, long length) = await Payload.ReadAsync(context.Request.Body, pause);
        await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{hash} {length} {context.Request.Protocol}"));
    }

    /// <summary>Sends back what comes, as it comes: both directions at once.</summary>
    private static Task EchoAsync(HttpContext context) => context.Request.Body.CopyToAsync(context.Response.Body);

    private static async Task TrailersAsync(HttpContext context)
    {
        context.Response.DeclareTrailer("x-checksum");
        await context.Response.WriteAsync("with trailers");
        context.Response.AppendTrailer("x-checksum", "abc");
    }

    private async Task EventsAsync(HttpContext context, int count)
    {
        context.Response.ContentType = "text/event-stream";
        for (int i = 1; i <= count; i++)
        {
            Task next = _wake.Task;
            await context.Response.WriteAsync($"data: {i}\n\n");
            await context.Response.Body.FlushAsync();
            await next;
        }
    }

    private async Task PollAsync(HttpContext context)
    {
        Task news = _wake.Task;
        _polls.Release();
        await news;
        await context.Response.WriteAsync("news");
    }

    private static async Task SocketAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[256 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
                return;
            }
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
        }
    }
}
