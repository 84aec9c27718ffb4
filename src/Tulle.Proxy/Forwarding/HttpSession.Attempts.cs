using Tulle.Http;
using Tulle.Http.Grpc;
using Tulle.Proxy.Pooling;
using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Forwarding;

// What surrounds an attempt: admission, connecting, and its end. Whether there is another one is the next file's business.
internal abstract partial class HttpSession
{
    // When a request that was refused for its rate may come again.
    private long _rateWaitMicros;

    /// <summary>Before each attempt: forgets what the last one left behind.</summary>
    private void BeginAttempt()
    {
        Exchange exchange = Exchange;
        exchange.ResetAttempt();
        exchange.Attempt++;
        exchange.Deadlines.WakeMs = 0;
        exchange.Deadlines.TryMs = 0;
        exchange.Deadlines.ResponseMs = 0;
        exchange.Deadlines.StopIdle();
        exchange.Policies.AttemptStatus = 0;
        exchange.Policies.AttemptGrpcStatus = AttemptOutcome.NoGrpcStatus;
        _notProcessed = false;
        _silentReused = false;
        _countedToServer = 0;
    }

    /// <summary>
    /// Step 4: passes the limits, picks an endpoint and goes on with connecting to it. Called again after every Wait.
    /// </summary>
    private Step Connect()
    {
        if (_upstream is null)
        {
            Step taken = Admit() ? TakeUpstream() : Step.Failed;
            if (taken != Step.Done) return taken;
        }
        PolicyState policies = Exchange.Policies;
        Step connected = _upstream!.FinishConnect(out MeshError error);
        if (connected == Step.Failed)
        {
            _error = error;
            // A shared connection's own deadline has passed; the exchange's are counted where they do.
            Worker.Metrics.Connections.CountTimeout(Direction, error);
        }
        if (connected != Step.Done) return connected;
        if (!_upstream.IsReused) OnConnected();
        Downstream.BeginBody(framed: IsFramed);
        policies.BodyBegun = true;
        return Step.Done;
    }

    /// <summary>Once per request: its route's rate, the backend's number of requests, and the deadlines that begin now.</summary>
    private bool Admit()
    {
        Exchange exchange = Exchange;
        PolicyState policies = exchange.Policies;
        if (policies.IsAdmitted) return true;
        // What was heard before the first wait makes no further event: a client that closed or cancelled with its request, or while its route was asked for.
        if (Downstream.CheckGone())
        {
            ClientGone();
            return false;
        }
        if (Method == KnownMethod.Connect && Client is null)
        {
            // A tunnel on a stream (RFC 9113 §8.5). What is left of its head would be no request in HTTP/1.1.
            _error = MeshError.NotSupported;
            return false;
        }
        if (Worker.InFlight >= Worker.Config.MaxInFlightPerLoop)
        {
            _error = MeshError.LoadShed;
            return false;
        }
        policies.IsAdmitted = true;
        Worker.InFlight++;
        RoutePolicyModel route = policies.Route;
        if (route.RateLimit is { } rate && !policies.RateLimiter!.TryPass(rate, ClientIdentity, Loop.NowMicros, out _rateWaitMicros))
        {
            _error = MeshError.RateLimited;
            return false;
        }
        if (!policies.TryTakeRequest())
        {
            _error = MeshError.TooManyRequests;
            return false;
        }
        if (route.Retries.HasRetries) Downstream.ReplayLimit = Math.Max(Downstream.ReplayLimit, Worker.Config.MaxReplayBytes);
        if (route.Retries.HasRetries) policies.Destination?.Budget.OnRequest(Loop.NowMicros);
        StartDeadlines(route.Timeouts);
        return true;
    }

    private void StartDeadlines(TimeoutsModel timeouts)
    {
        ref Deadlines deadlines = ref Exchange.Deadlines;
        // From here, not from the head: a delay that the route injects is not the server's.
        long start = Loop.NowMicros;
        long limit = timeouts.RequestLimit(ClientTimeout());
        if (limit > 0) deadlines.RequestMs = Milliseconds(start + limit);
        if (timeouts.StreamMicros > 0) deadlines.StreamMs = Milliseconds(start + timeouts.StreamMicros);
        if (timeouts.IdleMicros == 0) return;
        deadlines.IdleMs = (int)Math.Min(int.MaxValue, Milliseconds(timeouts.IdleMicros));
        deadlines.IdleIsRoutes = true;
    }

    /// <summary>The deadline that a gRPC client sent; 0 without.</summary>
    private long ClientTimeout()
    {
        if (Downstream.IsHttp1) return 0;
        // A deadline that has passed already is still a deadline.
        return Downstream.Request.Fields.TryFind("grpc-timeout"u8, out ReadOnlySpan<byte> value) && GrpcTimeout.TryParse(value, out TimeSpan timeout)
            ? Math.Max(1, timeout.Ticks / TimeSpan.TicksPerMicrosecond)
            : 0;
    }

    private Step TakeUpstream()
    {
        PolicyState policies = Exchange.Policies;
        // Who came first gets the next connection.
        if (policies.Limits is { } limits && !limits.IsTurnOf(this)) return WaitForConnection(policies);
        EndpointPool? endpoint = PickEndpoint();
        if (endpoint is null)
        {
            // What an earlier attempt met says more than that nothing is left.
            if (_error == MeshError.None) _error = HasEndpoints ? MeshError.NoHealthyEndpoints : MeshError.NoEndpoints;
            return Step.Failed;
        }
        if (endpoint.IsSelf)
        {
            _error = MeshError.LoopDetected;
            return Step.Failed;
        }
        // A stale connection is seldom the only one of its pool.
        _upstream = endpoint.Take(this, SpeaksHttp2, _needsFresh, out MeshError error);
        if (_upstream is null && error == MeshError.TooManyConnections)
        {
            TakeFromIdle(endpoint, ref error);
            if (_upstream is null && error == MeshError.TooManyConnections) return WaitForConnection(policies);
        }
        _error = error;
        if (_upstream is null) return Step.Failed;
        policies.StopWaiting(this);
        Exchange.Deadlines.QueueMs = 0;
        Exchange.Deadlines.ConnectMs = Loop.NowMs + ConnectTimeoutMs(policies.Limits);
        return Step.Done;
    }

    /// <summary>No further connection may be made, but idle ones of the backend hold places, too.</summary>
    private void TakeFromIdle(EndpointPool endpoint, ref MeshError error)
    {
        if (PickIdleEndpoint() is { } idle)
        {
            _upstream = idle.Take(this, SpeaksHttp2, fresh: false, out error);
        }
        else if (Exchange.Policies.Limits is { } limits && limits.TryFreePlace())
        {
            _upstream = endpoint.Take(this, SpeaksHttp2, fresh: true, out error);
            limits.ReturnUnused();
        }
    }

    /// <summary>Queues, once: Wait until it is this request's turn, Failed when the queue is full.</summary>
    private Step WaitForConnection(PolicyState policies)
    {
        DropEndpoint();
        if (policies.Limits is null)
        {
            // A copy for a mirror waits for nothing; and a limit may have come while the request was under way.
            _error = MeshError.TooManyConnections;
            return Step.Failed;
        }
        if (!policies.TryWait(this))
        {
            _error = MeshError.TooManyPending;
            return Step.Failed;
        }
        ref Deadlines deadlines = ref Exchange.Deadlines;
        if (deadlines.QueueMs == 0) deadlines.QueueMs = Loop.NowMs + (long)Worker.Config.QueueTimeout.TotalMilliseconds;
        return Step.Wait;
    }

    private long ConnectTimeoutMs(BackendLimits? limits) => limits is { Model.ConnectTimeoutMicros: > 0 and var own }
        ? Milliseconds(own)
        : (long)Worker.Config.ConnectTimeout.TotalMilliseconds;

    /// <summary>The attempt's own deadlines begin when there is a connection to send it on.</summary>
    private void StartAttemptDeadlines()
    {
        Exchange exchange = Exchange;
        exchange.AttemptMicros = Loop.NowMicros;
        RoutePolicyModel route = exchange.Policies.Route;
        if (route.Retries.PerTryTimeoutMicros > 0) exchange.Deadlines.TryMs = Milliseconds(Loop.NowMicros + route.Retries.PerTryTimeoutMicros);
        if (route.Timeouts.ResponseMicros > 0) exchange.Deadlines.ResponseMs = Milliseconds(Loop.NowMicros + route.Timeouts.ResponseMicros);
    }

    /// <summary>Step 7.</summary>
    private void EndAttempt(bool completed)
    {
        PolicyState policies = Exchange.Policies;
        policies.StopWaiting(this);
        Exchange.Deadlines.ConnectMs = 0;
        Exchange.Deadlines.QueueMs = 0;
        Upstream? upstream = _upstream;
        if (upstream is not null && completed && policies.AttemptGrpcStatus < 0 && !upstream.IsHttp1)
            policies.AttemptGrpcStatus = GrpcStatusOf(upstream.Trailers);
        OnAttemptEnded(failed: !completed);
        if (upstream is null) return;
        CountBytes();
        _upstream = null;
        _notProcessed = !completed && upstream.NotProcessed;
        _silentReused = !completed && upstream.IsReused && upstream.IsSilent;
        Exchange.ResponseContentBytes = upstream.ContentBytes;
        if (completed && Exchange.TapStream != 0) Worker.Tap.OnTrailers(Exchange.TapStream, upstream.Trailers);
        upstream.Release(completed && !Exchange.RequestAborted);
    }

    // Rounded up: a deadline never passes early.
    private static long Milliseconds(long micros) => (micros + 999) / 1_000;
}
