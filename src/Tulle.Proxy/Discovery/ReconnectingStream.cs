using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Discovery;

/// <summary>Keeps one stream to the control plane alive: runs it, and when it ends waits a little longer each time and runs it again.</summary>
/// <param name="name">For the log: "discovery".</param>
/// <param name="random">Uniform in [0, 1).</param>
internal sealed class ReconnectingStream(string name, ControlPlaneChannel channel, TimeProvider time, Func<double> random, Log log)
{
    /// <summary>A stream that lasted this long did work, whether or not the control plane had anything to say on it.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(10);

    private volatile StreamState _state = new(false, time.GetUtcNow(), "", 0);

    public StreamState State => _state;

    /// <summary>Returns when cancelled.</summary>
    /// <param name="run">One stream, from its first message to its end.</param>
    public async Task RunAsync(Func<CancellationToken, Task> run, CancellationToken cancellation)
    {
        var backoff = new Backoff(random);
        bool reported = false;
        while (!cancellation.IsCancellationRequested)
        {
            _state = _state with { Attempts = _state.Attempts + 1 };
            long started = time.GetTimestamp();
            string reason;
            try
            {
                await run(cancellation).ConfigureAwait(false);
                reason = "the control plane ended the stream";
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // Whatever it is, the answer is the same: the data plane goes on with what it has, and the stream is tried again.
                reason = cancellation.IsCancellationRequested ? "" : channel.Explain(exception);
            }

            if (cancellation.IsCancellationRequested) break;
            bool worked = _state.Connected;
            if (worked || time.GetElapsedTime(started) > LongEnough) backoff.Reset();

            // One line when it goes and one when it is back; the attempts between are for the curious.
            if (worked || !reported) log.Warn($"The {name} stream to the control plane is down, the last good state stays in force: {reason}");
            else log.Debug($"The {name} stream could not be opened: {reason}");
            reported = true;
            _state = _state with { Connected = false, Since = worked ? time.GetUtcNow() : _state.Since, LastError = reason };

            try
            {
                await Task.Delay(backoff.Next(), time, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        _state = _state with { Connected = false };
    }

    /// <summary>Call when the control plane was heard on the present stream.</summary>
    public void Heard()
    {
        if (_state.Connected) return;
        _state = _state with { Connected = true, Since = time.GetUtcNow() };
        log.Info($"The {name} stream to the control plane is up");
    }
}
