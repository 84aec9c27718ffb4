using Tulle.Http;
using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.Http2;

/// <summary>
/// Sessions of one event loop and one direction that wait for a stream to serve, so that a request allocates nothing. Loop
/// thread only.
/// </summary>
internal sealed class Http2DownstreamPool(Worker worker)
{
    // Not a pool that makes them: each is made for the origin of its first stream.
    private readonly FreeList<Http2Downstream> _free = new();

    /// <summary>Those that wait.</summary>
    public int Count => _free.Count;

    public Http2Downstream Rent(ClientOrigin origin)
    {
        if (_free.TryRent(out Http2Downstream? downstream)) return downstream;
        downstream = new Http2Downstream(worker, this, origin);
        origin.NewSession(worker, client: null, downstream).Start();
        return downstream;
    }

    /// <summary>Takes a session back that has served a stream. False: there are enough; it ends.</summary>
    public bool TryReturn(Http2Downstream downstream) => _free.Return(downstream);

    /// <summary>Ends those that were not needed since the last call.</summary>
    public void Trim() => _free.Trim(static downstream => downstream.Retire());
}
