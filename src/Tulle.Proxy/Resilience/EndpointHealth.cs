using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Resilience;

/// <summary>
/// What all loops together know of one endpoint's health in one backend: ejection, failure accrual and active checks. Any
/// thread; times in microseconds.
/// </summary>
internal sealed class EndpointHealth(BackendHealth backend, long now)
{
    private volatile bool _failsChecks;
    private volatile string _checkError = "";
    internal OutlierState Outlier;

    /// <summary>When the endpoint joined the backend, or came back after failed checks: where its slow start begins.</summary>
    public long WarmSince { get; private set; } = now;

    internal FailureAccrualState Accrual { get; } = new();

    /// <summary>Active checks say that it is not in service.</summary>
    public bool FailsChecks => _failsChecks;

    /// <summary>Why the last active check failed; empty while they say that it is in service.</summary>
    public string CheckError => _failsChecks ? _checkError : "";

    /// <summary>Whether requests may be sent to it.</summary>
    public bool IsUsable(long now) => !_failsChecks && !Outlier.IsEjected(now) && Accrual.IsAdmitting(now);

    /// <summary>The next time that its usability changes by itself; <see cref="long.MaxValue"/> when none is known.</summary>
    public long NextChange(long now)
    {
        long next = long.MaxValue;
        if (Outlier.IsEjected(now)) next = Outlier.EjectedUntil;
        long open = Accrual.OpenUntil;
        return open > now ? Math.Min(next, open) : next;
    }

    /// <summary>Takes a request, if it may. A probe's result must be reported.</summary>
    public bool TryAdmit(long now, out bool isProbe)
    {
        if (!Accrual.TryAdmit(now, out isProbe)) return false;
        if (isProbe) backend.Changed();
        return true;
    }

    /// <summary>Takes the result of a try.</summary>
    public void Observe(AttemptResult result, int status, int grpcStatus, bool isProbe, long now, IRandomSource random) =>
        backend.Observe(this, result, status, grpcStatus, isProbe, now, random);

    /// <summary>Takes what active checks say.</summary>
    /// <param name="error">Why they fail, for people.</param>
    public void SetFailsChecks(bool fails, long now, string error = "")
    {
        if (fails) _checkError = error;
        if (_failsChecks == fails) return;
        if (!fails) WarmSince = now;
        _failsChecks = fails;
        backend.Changed();
    }
}
