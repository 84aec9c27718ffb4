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

    /// <summary>When the endpoint is back; in the past when it is not ejected.</summary>
    public readonly long EjectedUntil => Volatile.Read(in _ejectedUntil);

    public readonly bool IsEjected(long now) => now < EjectedUntil;

    /// <summary>Ejections in a row that were not forgiven yet.</summary>
    public readonly int Ejections => _ejections;

    /// <summary>Takes the result of a try; true when a limit is reached and the endpoint should be ejected.</summary>
    public bool Observe(OutlierModel model, AttemptResult result, int status)
    {
        switch (result)
        {
            case AttemptResult.Response when model.IsError(status):
                Reset(ref _localFailures);
                bool gateway = status is >= 502 and <= 504;
                if (!gateway) Reset(ref _gatewayErrors);
                return Reaches(ref _errors, model.Consecutive5xx) | (gateway && Reaches(ref _gatewayErrors, model.ConsecutiveGateway));
            case AttemptResult.Response:
                Reset(ref _errors);
                Reset(ref _gatewayErrors);
                Reset(ref _localFailures);
                return false;
            case AttemptResult.LocalFailure when model.SplitsLocalOrigin:
                return Reaches(ref _localFailures, model.ConsecutiveLocal);
            case AttemptResult.LocalFailure:
                return Reaches(ref _errors, model.Consecutive5xx) | Reaches(ref _gatewayErrors, model.ConsecutiveGateway);
            default:
                return false;
        }
    }

    /// <summary>Ejects the endpoint. Under the backend's lock.</summary>
    public void Eject(OutlierModel model, long now)
    {
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

    private static bool Reaches(ref int count, int limit) => limit > 0 && Interlocked.Increment(ref count) >= limit;

    /// <summary>Reads first: in the ordinary case nothing is written, and the line stays in every core's cache.</summary>
    private static void Reset(ref int count)
    {
        if (Volatile.Read(ref count) != 0) Volatile.Write(ref count, 0);
    }
}
