using Grpc.Core;

namespace Tulle.ControlPlane.Hosting;

/// <summary>Ends the streams that would otherwise keep the server from stopping.</summary>
internal sealed class Lifetime : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>For loops of our own.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>
    /// For gRPC streams, which wait for it beside their reads: to cancel a read would reset the stream instead of ending it
    /// with a status.
    /// </summary>
    public Task Stopped => _stopped.Task;

    public void Stop()
    {
        _stopped.TrySetResult();
        _stopping.Cancel();
    }

    /// <summary>Ends a stream with a status that sends the proxy to another control plane, or back later.</summary>
    /// <exception cref="RpcException">The control plane stops.</exception>
    public void ThrowIfStopped()
    {
        if (Stopped.IsCompleted) throw new RpcException(new Status(StatusCode.Unavailable, "the control plane is stopping"));
    }

    public void Dispose() => _stopping.Dispose();
}
