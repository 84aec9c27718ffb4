using Tulle.Testing;

namespace Tulle.Proxy.Tests.Harness;

/// <summary>Keeps a loop from its work until it is disposed of, so that what happens meanwhile is one event to it.</summary>
internal sealed class LoopHold : IDisposable
{
    private readonly ManualResetEventSlim _held = new();
    private readonly ManualResetEventSlim _released = new();

    /// <summary>Returns when the loop does nothing any more.</summary>
    public LoopHold(DataPlane dataPlane, int loop = 0)
    {
        dataPlane.OnLoop(loop, Wait);
        Assert.True(_held.Wait(Eventually.Patience));
    }

    public void Dispose() => _released.Set();

    private void Wait()
    {
        _held.Set();
        _released.Wait(Eventually.Patience);
    }
}
