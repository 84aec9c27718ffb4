using Tulle.Transport;

namespace Tulle.Proxy.Tests.Harness;

/// <summary>Tells when a loop is at the end of a turn: after its events, its posts, and its timers.</summary>
internal sealed class TurnMarker(EventLoop loop) : Strand(loop)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the end of the loop's next turn.</summary>
    public Task EndedAsync()
    {
        Loop.Post(static state => _ = ((TurnMarker)state!).WaitAsync(), this);
        return _ended.Task.WaitAsync(Testing.Eventually.Patience);
    }

    private async Task WaitAsync()
    {
        Yield();
        await this;
        _ended.SetResult();
    }
}
