using Tulle.Proxy.Balancing;
using Tulle.Transport;

namespace Tulle.Proxy.Resilience;

/// <summary>
/// What the policies of a request's route and backend keep while it is under way, and have to give back at its end. Part of the
/// exchange, and so pooled. Loop thread only.
/// </summary>
internal sealed class PolicyState
{
    private BackendLimits? _limits;
    private bool _requestTaken;
    private bool _retryTaken;
    private bool _waits;

    /// <summary>The route's policy.</summary>
    public RoutePolicyModel Route { get; private set; } = RoutePolicyModel.Default;

    /// <summary>Budget and rate limits; null outside of the mesh.</summary>
    public SharedDestinationState? Destination { get; private set; }

    /// <summary>The route's rate limit; null when it has none.</summary>
    public RateLimiter? RateLimiter { get; set; }

    /// <summary>The backend's limits; null when it has none.</summary>
    public BackendLimits? Limits => _limits;

    /// <summary>Endpoints that the request was sent to.</summary>
    public TriedEndpoints Tried { get; } = new();

    /// <summary>Rate limit and deadlines were looked at: not again when the step is called again.</summary>
    public bool IsAdmitted { get; set; }

    /// <summary>Some attempt came so far as to send.</summary>
    public bool BodyBegun { get; set; }

    /// <summary>Retries that the policy asked for, this attempt included.</summary>
    public int Retries { get; set; }

    /// <summary>The response of the attempt under way was judged already, and another attempt was paid for.</summary>
    public bool RetryDecided { get; set; }

    /// <summary>Status of the attempt's response; 0 before.</summary>
    public int AttemptStatus { get; set; }

    /// <summary>Its <c>grpc-status</c>; -1: none.</summary>
    public int AttemptGrpcStatus { get; set; } = AttemptOutcome.NoGrpcStatus;

    /// <summary>The hash of the request's key, once it was computed.</summary>
    public ulong Hash { get; set; }

    public bool HasHash { get; set; }

    public bool IsHashed { get; set; }

    /// <summary>The request has a route, and its backend was chosen.</summary>
    public void Begin(RoutePolicyModel route, SharedDestinationState? destination, BackendLimits? limits)
    {
        Route = route;
        Destination = destination;
        _limits = limits;
    }

    /// <summary>Counts the request as one under way; false when there are as many as there may be.</summary>
    public bool TryTakeRequest()
    {
        if (_requestTaken || _limits is null) return true;
        Admission admission = _limits.Breaker.Requests.TryTake(_limits.Model.MaxRequests);
        _requestTaken = admission == Admission.Taken;
        return admission != Admission.Refused;
    }

    /// <summary>Counts the request as one that is being retried; false when there are as many as there may be.</summary>
    public bool TryTakeRetry()
    {
        if (_retryTaken || _limits is null) return true;
        Admission admission = _limits.Breaker.Retries.TryTake(_limits.Model.MaxRetries);
        _retryTaken = admission == Admission.Taken;
        return admission != Admission.Refused;
    }

    /// <summary>Queues for a connection; false when too many do already.</summary>
    public bool TryWait(Strand strand)
    {
        if (_waits) _limits!.KeepWaiting();
        else _waits = _limits!.TryWait(strand);
        return _waits;
    }

    public void StopWaiting(Strand strand)
    {
        if (!_waits) return;
        _waits = false;
        _limits!.StopWaiting(strand);
    }

    /// <summary>The exchange is over: gives back what was taken, and is as new.</summary>
    public void Release(Strand strand)
    {
        IsAdmitted = false;
        BodyBegun = false;
        IsHashed = false;
        Retries = 0;
        RetryDecided = false;
        AttemptStatus = 0;
        AttemptGrpcStatus = AttemptOutcome.NoGrpcStatus;
        Tried.Clear();
        Route = RoutePolicyModel.Default;
        Destination = null;
        RateLimiter = null;
        if (_limits is not { } limits) return;
        StopWaiting(strand);
        if (_requestTaken) limits.Breaker.Requests.Release();
        if (_retryTaken) limits.Breaker.Retries.Release();
        _requestTaken = _retryTaken = false;
        _limits = null;
        // The connection is idle now, or a stream of it is free.
        limits.WakeFirst();
    }
}
