using System.Net;
using System.Net.Sockets;

namespace Tulle.Transport.Tests;

/// <summary>A running loop with a listener, and the test's code on it.</summary>
internal sealed class LoopFixture : IDisposable
{
    private readonly TaskCompletionSource<Exception> _error = new();
    private Listener? _listener;

    public LoopFixture()
    {
        Loop = new EventLoop("test", TimeProvider.System) { OnError = error => _error.TrySetResult(error) };
    }

    public EventLoop Loop { get; }

    /// <summary>Runs <paramref name="serve"/> for each accepted connection, and starts the loop.</summary>
    public IPEndPoint Serve(Func<TestStrand, Connection, Task> serve)
    {
        _listener = Listener.Bind(Loop, new IPEndPoint(IPAddress.Loopback, 0), () => true, socket =>
        {
            Connection connection = socket.AdoptOn(Loop)!;
            var strand = new TestStrand(Loop);
            connection.Owner = strand;
            _ = RunAsync(serve, strand, connection);
        });
        _listener.Start();
        Loop.Start();
        return _listener.EndPoint;
    }

    /// <summary>Runs something on the loop, with a strand of its own, and waits for its result.</summary>
    public Task<T> RunAsync<T>(Func<TestStrand, Task<T>> body)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Loop.Post(_ => _ = CompleteAsync(), null);
        return result.Task.WaitAsync(TimeSpan.FromMinutes(1));

        async Task CompleteAsync()
        {
            try
            {
                result.SetResult(await body(new TestStrand(Loop)));
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        }
    }

    public static Socket Client(IPEndPoint address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000, SendTimeout = 10_000 };
        socket.Connect(address);
        return socket;
    }

    public void Dispose()
    {
        Loop.Dispose();
        if (_error.Task.IsCompleted) throw new InvalidOperationException("the loop met an exception", _error.Task.Result);
    }

    private async Task RunAsync(Func<TestStrand, Connection, Task> serve, TestStrand strand, Connection connection)
    {
        try
        {
            await serve(strand, connection);
        }
        catch (Exception e)
        {
            _error.TrySetResult(e);
        }
        finally
        {
            connection.Close();
        }
    }
}

internal sealed class TestStrand(EventLoop loop) : Strand(loop);
