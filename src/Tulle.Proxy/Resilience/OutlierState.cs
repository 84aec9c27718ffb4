namespace Tulle.Proxy.Resilience;

/// <summary>
/// Errors in a row and ejections of one endpoint in one backend, over all loops. Counting is lock-free; ejecting happens
/// under the backend's lock. Everything that Envoy's interval sweep does follows from the time that has passed, so there is
/// none. A mutable struct: keep it in a field. Times in microseconds.
/// </summary>
internal struct OutlierState
{
    private int _errors;
    private int _gatewayErrors;
    private int _localFailures;
    private long _ejectedUntil;
    private int _ejections;
    private EjectionCause _cause;

    /// <summary>When the endpoint is back; in the past when it is not ejected.</summary>
    public readonly long EjectedUntil => Volatile.Read(in _ejectedUntil);

    public readonly bool IsEjected(long now) => now < EjectedUntil;

    /// <summary>Ejections in a row that were not forgiven yet.</summary>
    public readonly int Ejections => _ejections;

    /// <summary>Why it was ejected last.</summary>
    public readonly EjectionCause Cause => _cause;

    /// <summary>Takes the result of a try; the limit that is reached, for which the endpoint should be ejected.</summary>
    public EjectionCause Observe(OutlierModel model, AttemptResult result, int status)
    {
        switch (result)
        {
            case AttemptResult.Response when model.IsError(status):
                Reset(ref _localFailures);
                bool gateway = status is >= 502 and <= 504;
                if (!gateway) Reset(ref _gatewayErrors);
                return CountErrors(model, gateway);
            case AttemptResult.Response:
                Reset(ref _errors);
                Reset(ref _gatewayErrors);
                Reset(ref _localFailures);
                return EjectionCause.None;
            case AttemptResult.LocalFailure when model.SplitsLocalOrigin:
                return Reaches(ref _localFailures, model.ConsecutiveLocal) ? EjectionCause.LocalFailures : EjectionCause.None;
            case AttemptResult.LocalFailure:
                return CountErrors(model, gateway: true);
            default:
                return EjectionCause.None;
        }
    }

    /// <summary>Ejects the endpoint. Under the backend's lock.</summary>
    public void Eject(OutlierModel model, EjectionCause cause, long now)
    {
        _cause = cause;
        if (_ejectedUntil > 0)
        {
            long forgiven = (now - _ejectedUntil) / model.IntervalMicros;
            _ejections = (int)Math.Max(0, _ejections - Math.Max(0, forgiven));
        }
        _ejections++;
        Volatile.Write(ref _ejectedUntil, now + model.EjectionMicros(_ejections));
        Reset(ref _errors);
        Reset(ref _gatewayErrors);
        Reset(ref _localFailures);
    }

    /// <summary>Puts the endpoint back, because the policy is gone.</summary>
    public void Forgive() => Volatile.Write(ref _ejectedUntil, 0);

    private EjectionCause CountErrors(OutlierModel model, bool gateway)
    {
        bool errors = Reaches(ref _errors, model.Consecutive5xx);
        if (gateway && Reaches(ref _gatewayErrors, model.ConsecutiveGateway) && !errors) return EjectionCause.GatewayErrors;
        return errors ? EjectionCause.Errors : EjectionCause.None;
    }

    private static bool Reaches(ref int count, int limit) => limit > 0 && Interlocked.Increment(ref count) >= limit;

    /// <summary>Reads first: in the ordinary case nothing is written, and the line stays in every core's cache.</summary>
    private static void Reset(ref int count)
    {
        if (Volatile.Read(ref count) != 0) Volatile.Write(ref count, 0);
    }
}
