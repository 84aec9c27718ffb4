using System.Net;
using System.Net.Sockets;
using System.Text;
using Tulle.Metrics;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Admin;

/// <summary>
/// A very small HTTP/1.1 server for people, probes and Prometheus: one request per connection, on the thread pool, so that it never takes
/// time from an event loop. Loopback only, because it shows what the proxy knows to whoever can reach it.
/// </summary>
internal sealed class AdminServer : IAsyncDisposable
{
    /// <summary>Most connections at one time; further ones wait in the kernel's backlog.</summary>
    public const int MaxConnections = 16;

    /// <summary>Longest request head, bytes.</summary>
    public const int MaxHeadLength = 8 * 1024;

    /// <summary>How long one request may take from connect to close.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    private readonly ProxyStatus _status;
    private readonly TimeProvider _time;
    private readonly Log _log;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _slots = new(MaxConnections);
    private Task _accepting = Task.CompletedTask;

    /// <exception cref="ArgumentException">Not a loopback address.</exception>
    /// <exception cref="IOException">The address cannot be bound; the message names it and why.</exception>
    public AdminServer(IPEndPoint endPoint, ProxyStatus status, TimeProvider time, Log log)
    {
        if (!IPAddress.IsLoopback(endPoint.Address))
            throw new ArgumentException($"The admin port cannot be on {endPoint.Address}: it is for loopback addresses only.", nameof(endPoint));
        _status = status;
        _time = time;
        _log = log;
        _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(endPoint);
            _listener.Listen(MaxConnections);
        }
        catch (SocketException exception)
        {
            _listener.Dispose();
            string reason = exception.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another process listens there; stop it or choose another port",
                SocketError.AddressNotAvailable => "this machine does not have that address",
                SocketError.AccessDenied => "ports below 1024 need privileges; choose another port",
                _ => exception.SocketErrorCode.ToString(),
            };
            throw new IOException($"The admin port {endPoint} cannot be opened: {reason}.", exception);
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public void Start() => _accepting = AcceptAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        for (int i = 0; i < MaxConnections; i++) await _slots.WaitAsync().ConfigureAwait(false);
        _slots.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _slots.WaitAsync(_stopping.Token).ConfigureAwait(false);
                try
                {
                    Socket socket = await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                    _ = ServeAsync(socket);
                }
                catch
                {
                    _slots.Release();
                    throw;
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                // A client that was gone before it was accepted, or no descriptor left; neither is worth more than a line.
                _log.Debug($"The admin port could not accept a connection: {exception.SocketErrorCode}");
                try
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50), _time, _stopping.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using (socket)
            using (var timeout = new CancellationTokenSource(RequestTimeout, _time))
            using (var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token))
            {
                AdminResponse response = await ReadAsync(socket, either.Token).ConfigureAwait(false) is { } request
                    ? Respond(request)
                    : AdminResponse.Text(400, "this is not an HTTP/1.1 request that the admin port understands\n");
                await SendAsync(socket, response.Head(), either.Token).ConfigureAwait(false);
                await SendAsync(socket, response.Body, either.Token).ConfigureAwait(false);
                socket.Shutdown(SocketShutdown.Send);

                // Closing with unread bytes would make the kernel reset the connection and the client lose the answer.
                var rest = new byte[512];
                while (await socket.ReceiveAsync(rest, either.Token).ConfigureAwait(false) > 0) { }
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // The client went away or was too slow; it alone is affected.
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Reads up to the empty line. Null when that is not a request.</summary>
    private static async Task<AdminRequest?> ReadAsync(Socket socket, CancellationToken cancellation)
    {
        var buffer = new byte[MaxHeadLength];
        int length = 0;
        while (length < buffer.Length)
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
            if (read == 0) return null;
            length += read;
            int end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0) return AdminRequest.Parse(Encoding.ASCII.GetString(buffer.AsSpan(0, end)));
        }

        return null;
    }

    private AdminResponse Respond(AdminRequest request)
    {
        AdminResponse? response = request.Path switch
        {
            "/live" => AdminResponse.Text(200, "live\n"),
            "/ready" => _status.NotReadyReason() is { } reason ? AdminResponse.Text(503, $"not ready: {reason}\n") : AdminResponse.Text(200, "ready\n"),
            "/metrics" => Metrics(ExpositionFormats.Negotiate(request.Accept)),
            "/config" => new AdminResponse(200, "application/json", ConfigPage.Create(_status, _time)),
            _ => null,
        };
        if (response is null) return AdminResponse.Text(404, "there is nothing here; there are /ready, /live, /metrics and /config\n");
        if (request.Method is "GET") return response;
        return request.Method is "HEAD" ? response.WithoutBody() : AdminResponse.Text(405, "the admin port answers GET and HEAD only\n");
    }

    private AdminResponse Metrics(ExpositionFormat format) => new(200, format.ContentType(), MetricsPage.Create(_status, _time, format));

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes, cancellation).ConfigureAwait(false)..];
    }
}
