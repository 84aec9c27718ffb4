using Tulle.Http;
using Tulle.Http.Grpc;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Forwarding;

// Whether a request is sent again.
internal abstract partial class HttpSession
{
    private bool _needsFresh;
    private bool _notProcessed;
    private bool _silentReused;

    /// <summary>Whether the attempt that failed is followed by another one.</summary>
    private bool ShouldRetry()
    {
        PolicyState policies = Exchange.Policies;
        if (policies.RetryDecided)
        {
            policies.RetryDecided = false;
            return true;
        }
        if (_clientGone || Downstream.ResponseStarted) return false;
        AttemptEnd end = EndOf(_error);
        RetryVerdict verdict = policies.Route.Retries.Decide(AttemptOutcome.Of(end, Exchange.Attempt, CanReplay, IsIdempotent(Method)));
        // One that was closed while it idled is seldom the only one of its pool.
        _needsFresh = verdict == RetryVerdict.Resend && end is AttemptEnd.StaleConnection;
        if (verdict == RetryVerdict.Resend) Worker.Metrics.Policies.Count(PolicyEvent.Resend);
        return verdict == RetryVerdict.Resend || TryRetry(verdict, retryAfterMicros: 0);
    }

    /// <summary>
    /// A final head has come, of which the client has seen nothing yet: whether the attempt counts as failed and another one
    /// follows. The response is dropped then.
    /// </summary>
    private bool ShouldRetryResponse()
    {
        PolicyState policies = Exchange.Policies;
        RetryPolicyModel retries = policies.Route.Retries;
        ResponseView response = _upstream!.Response;
        policies.AttemptStatus = response.Status;
        if (!Downstream.IsHttp1) policies.AttemptGrpcStatus = GrpcStatusOf(response.Fields);
        if (!retries.HasRetries || _clientGone || _upstream.SwitchesProtocol) return false;
        var outcome = new AttemptOutcome
        {
            End = AttemptEnd.Response,
            Status = response.Status,
            GrpcStatus = policies.AttemptGrpcStatus,
            HasRetriableHeader = HasRetriableHeader(retries, response.Fields),
            IsRateLimited = response.Status == 429 && response.Fields.TryFind("x-envoy-ratelimited"u8, out _),
            IsIdempotent = IsIdempotent(Method),
            CanReplay = CanReplay,
            Tries = Exchange.Attempt,
        };
        if (!TryRetry(retries.Decide(outcome), RetryAfterOf(retries, response.Fields))) return false;
        policies.RetryDecided = true;
        return true;
    }

    /// <summary>Pays for a retry that the policy asks for, and sets when it begins; false when it cannot be had.</summary>
    private bool TryRetry(RetryVerdict verdict, long retryAfterMicros)
    {
        PolicyState policies = Exchange.Policies;
        if (verdict == RetryVerdict.LimitReached)
        {
            Exchange.Flags |= ResponseFlags.RetryLimit;
            Worker.Metrics.Policies.Count(PolicyEvent.RetryLimit);
        }
        if (verdict != RetryVerdict.Retry) return false;

        long delay = RetryBackoff.DelayMicros(policies.Route.Retries, policies.Retries + 1, Worker.Random);
        // Who asks for more patience than we have gets its answer passed on.
        if (retryAfterMicros > RetryBackoff.MaxRetryAfterMicros) return false;
        long wake = Milliseconds(Loop.NowMicros + Math.Max(delay, retryAfterMicros));
        long deadline = Exchange.Deadlines.RequestMs;
        if (deadline > 0 && wake >= deadline) return false;
        if (!policies.TryTakeRetry())
        {
            Worker.Metrics.Policies.Count(PolicyEvent.RetryOverflow);
            return false;
        }
        if (policies.Destination is { } destination && !destination.Budget.TryTake(Loop.NowMicros))
        {
            Worker.Metrics.Policies.Count(PolicyEvent.RetryBudgetExhausted);
            return false;
        }
        Worker.Metrics.Policies.Count(PolicyEvent.Retry);
        policies.Retries++;
        if (Exchange.Series is { } series) series.Retries++;
        Exchange.Deadlines.WakeMs = wake;
        return true;
    }

    /// <summary>
    /// Step 7, between two attempts: Done goes on at once; Wait until <see cref="Deadlines.WakeMs"/>; Failed gives up with the
    /// error of the last attempt.
    /// </summary>
    private Step BackOff()
    {
        ref Deadlines deadlines = ref Exchange.Deadlines;
        deadlines.TryMs = deadlines.ResponseMs = 0;
        deadlines.StopIdle();
        return deadlines.WakeMs > Loop.NowMs ? Step.Wait : Step.Done;
    }

    /// <summary>Everything of the request that was sent is still here; before the first byte of it was, that is so.</summary>
    private bool CanReplay => !Exchange.Policies.BodyBegun || Downstream.CanReplay;

    /// <summary>What an attempt's error means to a retry policy.</summary>
    private AttemptEnd EndOf(MeshError error)
    {
        switch (error)
        {
            case MeshError.ConnectFailed or MeshError.ConnectTimeout or MeshError.TlsFailed or MeshError.IdentityMismatch:
                return AttemptEnd.ConnectFailed;
            case MeshError.Draining:
                return AttemptEnd.RefusedByDraining;
            case MeshError.StreamRefused:
                return AttemptEnd.RefusedStream;
            case MeshError.UpstreamReset or MeshError.StreamReset or MeshError.UpstreamHttp2:
                // The usual race: the server closed an idle connection while the request was on its way.
                return _notProcessed || (_silentReused && IsIdempotent(Method)) ? AttemptEnd.StaleConnection : AttemptEnd.Reset;
            case MeshError.UpstreamProtocol:
                return AttemptEnd.ProtocolError;
            case MeshError.PerTryTimeout:
                return AttemptEnd.PerTryTimeout;
            case MeshError.NoEndpoints or MeshError.NoHealthyEndpoints:
                return AttemptEnd.NoEndpoint;
            case MeshError.TooManyConnections or MeshError.TooManyPending or MeshError.TooManyRequests or MeshError.QueueTimeout or MeshError.RateLimited or MeshError.LoadShed:
                return AttemptEnd.Overflow;
            default:
                // Timeouts of the whole, the client's and the mesh's own errors: another try would meet them again.
                return AttemptEnd.Abandoned;
        }
    }

    private static bool HasRetriableHeader(RetryPolicyModel retries, in FieldsView fields)
    {
        for (int i = 0; i < retries.HeaderCount; i++)
        {
            if (fields.TryFind(retries.HeaderName(i), out ReadOnlySpan<byte> value) && retries.MatchesHeader(i, value)) return true;
        }
        return false;
    }

    private long RetryAfterOf(RetryPolicyModel retries, in FieldsView fields)
    {
        if (!retries.HonoursRetryAfter || !fields.TryFind("retry-after"u8, out ReadOnlySpan<byte> value)) return 0;
        return Math.Max(0, RetryAfter.Parse(value, Worker.UtcNow));
    }

    private static int GrpcStatusOf(in FieldsView fields) =>
        fields.TryFind("grpc-status"u8, out ReadOnlySpan<byte> value) ? GrpcCodes.Parse(value) : AttemptOutcome.NoGrpcStatus;

    /// <summary>RFC 9110 §9.2.2.</summary>
    private static bool IsIdempotent(KnownMethod method) => method
        is KnownMethod.Get or KnownMethod.Head or KnownMethod.Options or KnownMethod.Trace or KnownMethod.Put or KnownMethod.Delete;
}
