using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Resilience;

/// <summary>
/// Whether one endpoint of one backend takes requests under Linkerd's failure accrual, over all loops: closed until too many
/// fail, then open for a penalty, then one request as a probe decides. Times in microseconds. Any thread.
/// </summary>
internal sealed class FailureAccrualState
{
    private const int TooManyRequests = 429;

    private readonly Lock _lock = new();
    private readonly SlidingCount _requests = new();
    private readonly SlidingCount _successes = new();
    private int _consecutive;
    private int _phase;
    private long _openUntil;
    private int _failedProbes;
    private EjectionCause _cause;

    private enum Phase
    {
        Closed,
        Open,
        Probing,
    }

    /// <summary>When the next probe is due; 0 unless the endpoint is out.</summary>
    public long OpenUntil => (Phase)Volatile.Read(ref _phase) == Phase.Open ? Volatile.Read(ref _openUntil) : 0;

    /// <summary>Why the endpoint is out; None while it is not.</summary>
    public EjectionCause Cause => (Phase)Volatile.Read(ref _phase) == Phase.Closed ? EjectionCause.None : _cause;

    /// <summary>Penalties in a row.</summary>
    public int Penalties => Cause == EjectionCause.None ? 0 : Volatile.Read(ref _failedProbes) + 1;

    /// <summary>Whether the endpoint would take a request now, as a probe perhaps.</summary>
    public bool IsAdmitting(long now) => (Phase)Volatile.Read(ref _phase) switch
    {
        Phase.Closed => true,
        Phase.Open => now >= Volatile.Read(ref _openUntil),
        _ => false,
    };

    /// <summary>Takes a request, if the endpoint does. <paramref name="isProbe"/>: this one decides, so its result must be reported.</summary>
    public bool TryAdmit(long now, out bool isProbe)
    {
        isProbe = false;
        if ((Phase)Volatile.Read(ref _phase) == Phase.Closed) return true;
        if (!IsAdmitting(now)) return false;
        isProbe = Interlocked.CompareExchange(ref _phase, (int)Phase.Probing, (int)Phase.Open) == (int)Phase.Open;
        return isProbe || (Phase)Volatile.Read(ref _phase) == Phase.Closed;
    }

    /// <summary>Takes the result of a try; true when the endpoint was taken out, or put back.</summary>
    public bool Observe(FailureAccrualModel model, AttemptResult result, int status, int grpcStatus, bool isProbe, long now, IRandomSource random)
    {
        if (isProbe) return OnProbe(model, result, status, grpcStatus, now, random);
        if (result == AttemptResult.Unknown || (Phase)Volatile.Read(ref _phase) != Phase.Closed) return false;

        bool failed = IsFailure(result, status, grpcStatus);
        EjectionCause cause = EjectionCause.None;
        if (model.ConsecutiveFailures > 0)
        {
            if (failed && Interlocked.Increment(ref _consecutive) >= model.ConsecutiveFailures) cause = EjectionCause.Failures;
            else if (!failed && Volatile.Read(ref _consecutive) != 0) Volatile.Write(ref _consecutive, 0);
        }
        if (model.SuccessRateThreshold > 0)
        {
            uint slot = (uint)(now / (model.WindowMicros / SlidingCount.Slots));
            _requests.Add(slot);
            // 429 says nothing about errors in a row, but who gets many of them gets no work done.
            if (!failed && status != TooManyRequests) _successes.Add(slot);
            long requests = _requests.Sum(slot);
            if (requests >= model.MinRequests && _successes.Sum(slot) < model.SuccessRateThreshold * requests) cause = EjectionCause.SuccessRate;
        }
        return cause != EjectionCause.None && Open(model, cause, now, random);
    }

    private bool Open(FailureAccrualModel model, EjectionCause cause, long now, IRandomSource random)
    {
        lock (_lock)
        {
            if ((Phase)_phase != Phase.Closed) return false;
            _cause = cause;
            _failedProbes = 0;
            Volatile.Write(ref _openUntil, now + model.PenaltyMicros(0, random));
            Volatile.Write(ref _phase, (int)Phase.Open);
            return true;
        }
    }

    private bool OnProbe(FailureAccrualModel model, AttemptResult result, int status, int grpcStatus, long now, IRandomSource random)
    {
        lock (_lock)
        {
            if ((Phase)_phase != Phase.Probing) return false;
            if (result == AttemptResult.Unknown)
            {
                // The next request probes instead.
                Volatile.Write(ref _openUntil, now);
                Volatile.Write(ref _phase, (int)Phase.Open);
            }
            else if (IsFailure(result, status, grpcStatus) || status == TooManyRequests)
            {
                _cause = EjectionCause.Probe;
                Volatile.Write(ref _openUntil, now + model.PenaltyMicros(++_failedProbes, random));
                Volatile.Write(ref _phase, (int)Phase.Open);
            }
            else
            {
                _failedProbes = 0;
                Volatile.Write(ref _consecutive, 0);
                _requests.Clear();
                _successes.Clear();
                Volatile.Write(ref _phase, (int)Phase.Closed);
            }
            return true;
        }
    }

    /// <summary>5xx, no response, and the gRPC codes that blame the server: 2, 4, 8, 13, 14, 15.</summary>
    private static bool IsFailure(AttemptResult result, int status, int grpcStatus) =>
        result == AttemptResult.LocalFailure || status >= 500 || grpcStatus is 2 or 4 or 8 or 13 or 14 or 15;
}
