using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Grpc.Core;
using Grpc.Net.Client;
using Tulle.EndToEnd.Tests.EchoGrpc;

namespace Tulle.EndToEnd.Tests.Soak;

/// <summary>
/// Mixed traffic through one client's sidecar. Every failure gets a reason: the mesh's own (<c>tulle-error</c>), the
/// application's status, or how a stream that cannot carry a reason ended.
/// </summary>
internal sealed class SoakClients(Ledger ledger, SoakMesh mesh, CancellationToken stop)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(15);

    public Task RunAsync() => Task.WhenAll(
        [.. Repeat(6, "http1", Http1Async()), .. Repeat(2, "http1-body", BodyAsync()), .. Repeat(2, "http1-new-connection", FreshAsync()),
         .. Repeat(4, "grpc-unary", UnaryAsync()), .. Repeat(2, "grpc-stream", ChatAsync()), .. Repeat(2, "websocket", SocketAsync()), .. Repeat(2, "tcp", TcpAsync())]);

    private IEnumerable<Task> Repeat(int callers, string kind, Func<Task<string?>> once) => Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
    {
        while (!stop.IsCancellationRequested)
        {
            string? failure = await once();
            if (failure is null) ledger.Ok(kind);
            else ledger.Fail(kind, failure);
            await Task.Delay(Pace);
        }
    }));

    private Func<Task<string?>> Http1Async()
    {
        HttpClient client = NewClient();
        return () => SendAsync(client, () => new HttpRequestMessage(HttpMethod.Get, $"{SoakMesh.Echo}/users/1"));
    }

    private Func<Task<string?>> BodyAsync()
    {
        HttpClient client = NewClient();
        byte[] body = new byte[200_000];
        return () => SendAsync(client, () => new HttpRequestMessage(HttpMethod.Post, $"{SoakMesh.Echo}/upload") { Content = new ByteArrayContent(body) });
    }

    private Func<Task<string?>> FreshAsync() => async () =>
    {
        using HttpClient client = NewClient();
        return await SendAsync(client, () => new HttpRequestMessage(HttpMethod.Get, $"{SoakMesh.Echo}/slow/20"));
    };

    private HttpClient NewClient() => new(new SocketsHttpHandler { Proxy = new WebProxy(mesh.Client.Outbound) }) { Timeout = Late };

    private static async Task<string?> SendAsync(HttpClient client, Func<HttpRequestMessage> make)
    {
        try
        {
            using HttpRequestMessage request = make();
            using HttpResponseMessage response = await client.SendAsync(request);
            if ((int)response.StatusCode < 500) return null;
            return response.Headers.TryGetValues("tulle-error", out IEnumerable<string>? reason) ? reason.First() : $"status {(int)response.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return Ledger.StreamEnded;
        }
        catch (OperationCanceledException)
        {
            return $"no answer in {Late.TotalSeconds:0} s";
        }
    }

    private Func<Task<string?>> UnaryAsync()
    {
        Echo.EchoClient client = new(GrpcChannel.ForAddress($"http://{mesh.Talker}"));
        return () => CallAsync(async () =>
            (await client.UnaryAsync(new Request { Text = "hello" }, deadline: DateTime.UtcNow + Late)).Number == 5 ? null : "wrong answer");
    }

    private Func<Task<string?>> ChatAsync()
    {
        Echo.EchoClient client = new(GrpcChannel.ForAddress($"http://{mesh.Talker}"));
        return () => CallAsync(async () =>
        {
            using AsyncDuplexStreamingCall<Request, Reply> chat = client.Chat(deadline: DateTime.UtcNow + Late);
            for (int round = 1; round <= 20; round++)
            {
                await chat.RequestStream.WriteAsync(new Request { Text = new string('x', 1000) });
                if (!await chat.ResponseStream.MoveNext() || chat.ResponseStream.Current.Number != round) return "wrong answer";
            }
            await chat.RequestStream.CompleteAsync();
            return await chat.ResponseStream.MoveNext() ? "wrong answer" : null;
        });
    }

    private static async Task<string?> CallAsync(Func<Task<string?>> call)
    {
        try
        {
            return await call();
        }
        catch (RpcException e)
        {
            if (e.Trailers.GetValue("tulle-error") is { } reason) return reason;
            return e.StatusCode == StatusCode.DeadlineExceeded ? $"no answer in {Late.TotalSeconds:0} s" : Ledger.StreamEnded;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or HttpRequestException)
        {
            // A write to a call that has ended in the meantime, or whose connection has.
            return Ledger.StreamEnded;
        }
    }

    private Func<Task<string?>> SocketAsync() => async () =>
    {
        using CancellationTokenSource late = new(Late);
        using ClientWebSocket socket = new();
        socket.Options.Proxy = null;
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{mesh.Sockets}/"), late.Token);
            byte[] message = new byte[1000], received = new byte[1000];
            for (int i = 0; i < 20; i++)
            {
                await socket.SendAsync(message, WebSocketMessageType.Binary, true, late.Token);
                if ((await socket.ReceiveAsync(received, late.Token)).Count != message.Length) return Ledger.StreamEnded;
            }
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, late.Token);
            return null;
        }
        catch (WebSocketException)
        {
            return socket.HttpResponseHeaders?.TryGetValue("tulle-error", out IEnumerable<string>? reason) == true ? reason.First() : Ledger.StreamEnded;
        }
        catch (OperationCanceledException)
        {
            return $"no answer in {Late.TotalSeconds:0} s";
        }
    };

    private Func<Task<string?>> TcpAsync() => async () =>
    {
        using CancellationTokenSource late = new(Late);
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync(mesh.Tcp, late.Token);
            NetworkStream stream = client.GetStream();
            byte[] greeting = new byte[6], received = new byte[10_000];
            await stream.ReadExactlyAsync(greeting, late.Token);
            for (int i = 0; i < 10; i++)
            {
                await stream.WriteAsync(received, late.Token);
                await stream.ReadExactlyAsync(received, late.Token);
            }
            return null;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return Ledger.StreamEnded;
        }
        catch (OperationCanceledException)
        {
            return $"no answer in {Late.TotalSeconds:0} s";
        }
    };
}
