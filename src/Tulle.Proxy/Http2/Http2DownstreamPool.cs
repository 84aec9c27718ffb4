using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.Http2;

/// <summary>
/// Sessions of one event loop and one direction that wait for a stream to serve, so that a request allocates nothing. Loop
/// thread only.
/// </summary>
internal sealed class Http2DownstreamPool(Worker worker)
{
    // A few KB each with their exchange, and what a burst needed is not kept for ever.
    private const int MaxFree = 128;

    private readonly Stack<Http2Downstream> _free = new();

    public Http2Downstream Rent(ClientOrigin origin)
    {
        if (_free.TryPop(out Http2Downstream? downstream)) return downstream;
        downstream = new Http2Downstream(worker, this, origin);
        origin.NewSession(worker, client: null, downstream).Start();
        return downstream;
    }

    /// <summary>Takes a session back that has served a stream. False: there are enough; it ends.</summary>
    public bool TryReturn(Http2Downstream downstream)
    {
        if (_free.Count >= MaxFree) return false;
        _free.Push(downstream);
        return true;
    }
}
