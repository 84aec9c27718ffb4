using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Outbound;

namespace Tulle.Proxy.Mirroring;

/// <summary>The mirrored requests of one event loop. What cannot be sent at once is dropped and counted. Loop thread only.</summary>
internal sealed class MirrorPool(Worker worker)
{
    /// <summary>Longest body that is mirrored: Linkerd's and our own limit for what is kept of a request.</summary>
    public const int MaxBody = 64 * 1024;

    /// <summary>Most mirrored requests under way per loop: with the longest bodies, 4 MB.</summary>
    public const int MaxInFlight = 64;

    private readonly Stack<MirrorSession> _idle = new();
    private int _count;

    /// <summary>Sends a copy of a request whose body was sent on and is all still here.</summary>
    public void Send(Downstream request, Exchange exchange, BackendState? backend)
    {
        if (backend is null || worker.IsDraining || !TryRent(out MirrorSession? session))
        {
            worker.Metrics.MirrorsDropped++;
            return;
        }
        if (!session.Request.TryTake(request, exchange, backend))
        {
            _idle.Push(session);
            worker.Metrics.MirrorsDropped++;
            return;
        }
        worker.Metrics.MirrorsSent++;
        session.Signal();
    }

    /// <summary>The session waits for the next request.</summary>
    public void Return(MirrorSession session) => _idle.Push(session);

    /// <summary>A session has ended, which only the unexpected does to it.</summary>
    public void Forget() => _count--;

    private bool TryRent([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MirrorSession? session)
    {
        if (_idle.TryPop(out session)) return true;
        if (_count == MaxInFlight) return false;
        _count++;
        session = new MirrorSession(worker, new MirrorDownstream(this, worker));
        session.Start();
        return true;
    }
}
