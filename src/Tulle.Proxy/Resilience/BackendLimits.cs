using Tulle.Transport;

namespace Tulle.Proxy.Resilience;

/// <summary>
/// The limits of one backend on one event loop: who waits here for a connection, first come first served, and the counts that
/// all loops share. Loop thread only, but for what says otherwise.
/// </summary>
/// <remarks>
/// Each request that waits is covered: by a place of the queue, which is limited, or by a place of the connection limit that
/// another loop's idle connection holds and that is on its way here. So requests are refused when as many connections carry
/// requests, and as many requests wait for them, as the limits say; idle connections take nothing from that.
/// </remarks>
internal sealed class BackendLimits
{
    private readonly EventLoop _loop;
    private readonly SharedBackendState _shared;
    private readonly List<Strand> _waiters = [];

    // Places of the queue that those who wait here hold; places asked of other loops; places received and not used yet.
    private int _queued;
    private int _asked;
    private int _places;

    /// <param name="loop">The loop it is for.</param>
    /// <param name="shared">The counts.</param>
    /// <param name="closeOneIdle">Closes a pooled connection of the backend on this loop, if there is one.</param>
    public BackendLimits(EventLoop loop, SharedBackendState shared, Func<bool> closeOneIdle)
    {
        _loop = loop;
        _shared = shared;
        Idle = new IdlePlaces(closeOneIdle);
        shared.Add(this);
    }

    /// <summary>The limits in force.</summary>
    public ConnectionPoolModel Model { get; set; } = ConnectionPoolModel.None;

    public CircuitBreakerState Breaker => _shared.Breaker;

    /// <summary>The backend's idle connections on this loop.</summary>
    public IdlePlaces Idle { get; }

    /// <summary>Counts a new connection; false when there are as many as there may be.</summary>
    public bool TryOpenConnection()
    {
        if (_places > 0)
        {
            _places--;
            return true;
        }
        return _shared.Breaker.Connections.TryTake(Limit(Model.MaxConnections)) == Admission.Taken;
    }

    /// <summary>A connection that was counted is closed.</summary>
    public void OnConnectionClosed()
    {
        if (!Idle.KeepsPlace()) ReleasePlace();
    }

    /// <summary>Requests wait for a connection on other loops, and none here.</summary>
    public bool IsNeededElsewhere => _waiters.Count == 0 && WaitElsewhere;

    /// <summary>Whether this one may try for a connection now: nobody came before it.</summary>
    public bool IsTurnOf(Strand strand) => _waiters.Count == 0 || ReferenceEquals(_waiters[0], strand);

    /// <summary>
    /// Closes an idle connection here so that the caller gets its place; false when there is none. Call
    /// <see cref="ReturnUnused"/> after using it.
    /// </summary>
    public bool TryFreePlace()
    {
        if (!Idle.TryClaim()) return false;
        if (!Idle.TryGiveUp()) return false;
        _places++;
        return true;
    }

    /// <summary>Gives places back that nobody here needs.</summary>
    public void ReturnUnused()
    {
        while (_places > _waiters.Count)
        {
            _places--;
            ReleasePlace();
        }
    }

    /// <summary>Joins the queue; false when it is full. Who has joined leaves with <see cref="StopWaiting"/>.</summary>
    public bool TryWait(Strand strand)
    {
        if (_waiters.Count >= Covered && !TryAsk())
        {
            bool queued = TryQueue();
            if (!queued && !TryCoverAgain()) return false;
            // What became free before others could see that somebody waits would stay free.
            if (queued && TryAsk()) LeaveQueue();
        }
        // In a turn of its own, it looks again.
        if (_waiters.Count == 0) strand.Yield();
        _waiters.Add(strand);
        return true;
    }

    /// <summary>Its turn came, but somebody else was faster: who waits here stays covered.</summary>
    public void KeepWaiting()
    {
        while (_waiters.Count > Covered)
        {
            if (TryAsk()) continue;
            _shared.Breaker.Pending.Take();
            _queued++;
        }
    }

    /// <summary>Leaves the queue, with a connection or without.</summary>
    public void StopWaiting(Strand strand)
    {
        if (!_waiters.Remove(strand)) return;
        if (_queued > 0 && _waiters.Count < Covered) LeaveQueue();
        ReturnUnused();
        WakeFirst();
    }

    /// <summary>Something became free here: the first in the queue tries again, in a turn of its own.</summary>
    public void WakeFirst()
    {
        if (_waiters.Count > 0) _waiters[0].Yield();
    }

    /// <summary>A connection became free on another loop. Any thread.</summary>
    internal void PostWake() => _loop.Post(static state => ((BackendLimits)state!).WakeFirst(), this);

    /// <summary>Has an idle connection given up for another loop, which is told; false when there is none. Any thread.</summary>
    internal bool TryPromise(BackendLimits to)
    {
        if (!Idle.TryClaim()) return false;
        if (_loop.Post(static state => ((Promise)state!).Keep(), new Promise(this, to))) return true;
        Idle.Add();
        return false;
    }

    /// <summary>The backend is used here no more.</summary>
    public void Release() => _shared.Remove(this);

    private int Covered => _queued + _asked + _places;

    private bool WaitElsewhere => _shared.Breaker.Pending.Value > _queued;

    private bool TryAsk()
    {
        if (!_shared.TryClaimIdle(this)) return false;
        _asked++;
        return true;
    }

    /// <summary>Before a request is refused: something may have become free while it looked, or be free without the first in the queue knowing.</summary>
    private bool TryCoverAgain()
    {
        if (_waiters.Count > 0) _waiters[0].Signal();
        if (_shared.Breaker.Connections.TryTake(Limit(Model.MaxConnections)) == Admission.Taken)
        {
            _places++;
            WakeFirst();
            return true;
        }
        return TryAsk() || TryQueue();
    }

    private bool TryQueue()
    {
        if (_shared.Breaker.Pending.TryTake(Limit(Model.MaxPending)) != Admission.Taken) return false;
        _queued++;
        return true;
    }

    private void LeaveQueue()
    {
        _queued--;
        _shared.Breaker.Pending.Release();
    }

    private void ReleasePlace()
    {
        _shared.Breaker.Connections.Release();
        if (_waiters.Count > 0) WakeFirst();
        else if (WaitElsewhere) _shared.WakeOthers(this);
    }

    /// <summary>Another loop has answered: a place came with it or not.</summary>
    private void OnAnswer(bool given)
    {
        _asked--;
        if (given) _places++;
        else KeepWaiting();
        ReturnUnused();
        WakeFirst();
    }

    // Counted also without a limit: one may come while the connections live.
    private static int Limit(int configured) => configured == 0 ? int.MaxValue : configured;

    /// <summary>A place on its way from one loop to another.</summary>
    private sealed class Promise(BackendLimits from, BackendLimits to)
    {
        private bool _given;

        public void Keep()
        {
            _given = from.Idle.TryGiveUp();
            if (to._loop.Post(static state => ((Promise)state!).Deliver(), this)) return;
            if (_given) from.ReleasePlace();
        }

        private void Deliver() => to.OnAnswer(_given);
    }
}
