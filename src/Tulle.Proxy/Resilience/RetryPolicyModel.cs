using System.Text;
using Tulle.Protocol;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Resilience;

/// <summary>
/// When a request is sent again. Requests that provably were not processed always may be, a few times; everything else only
/// where the policy says so. Immutable; any thread.
/// </summary>
internal sealed class RetryPolicyModel
{
    /// <summary>Most tries of a request that nobody processed, where the policy does not give more: as many as before policies.</summary>
    public const int MaxUnprocessedTries = 3;

    /// <summary>25 ms, Envoy's default base.</summary>
    public const long DefaultBackoffMs = 25;

    private const int MaxStatus = 600;

    /// <summary>No policy: only what provably was not processed is sent again.</summary>
    public static RetryPolicyModel Default { get; } = new(new RetryPolicy(), RetryConditions.None, null, []);

    private readonly RetryConditions _on;
    private readonly ulong[]? _statusCodes;
    private readonly (byte[] Name, StringMatchModel Value)[] _headers;

    private RetryPolicyModel(RetryPolicy policy, RetryConditions on, ulong[]? statusCodes, (byte[] Name, StringMatchModel Value)[] headers)
    {
        _on = on;
        _statusCodes = statusCodes;
        _headers = headers;
        Limit = (int)Math.Min(policy.Limit, 100);
        PerTryTimeoutMicros = Math.Max(0, policy.PerTryTimeoutMs) * 1_000;
        long baseMs = policy.BackoffBaseMs > 0 ? policy.BackoffBaseMs : DefaultBackoffMs;
        BackoffBaseMicros = baseMs * 1_000;
        BackoffMaxMicros = (policy.BackoffMaxMs > 0 ? Math.Max(policy.BackoffMaxMs, baseMs) : 10 * baseMs) * 1_000;
        SameEndpoint = policy.SameEndpoint;
        OtherLocalities = policy.OtherLocalities;
        HonoursRetryAfter = !policy.IgnoreRetryAfter;
        AnyMethod = policy.AnyMethod;
    }

    /// <summary>Tries beyond the first; at most 100 whatever is configured.</summary>
    public int Limit { get; }

    /// <summary>Microseconds for each try, until its response is complete; 0: none of its own.</summary>
    public long PerTryTimeoutMicros { get; }

    /// <summary>See <see cref="RetryBackoff"/>.</summary>
    public long BackoffBaseMicros { get; }

    /// <inheritdoc cref="BackoffBaseMicros"/>
    public long BackoffMaxMicros { get; }

    /// <summary>Endpoints that were tried are not avoided.</summary>
    public bool SameEndpoint { get; }

    /// <summary>Priorities that were tried are avoided too.</summary>
    public bool OtherLocalities { get; }

    public bool HonoursRetryAfter { get; }

    /// <summary>The user declared the requests repeatable.</summary>
    public bool AnyMethod { get; }

    /// <summary>The policy itself asks for retries, so requests count for the budget.</summary>
    public bool HasRetries => Limit > 0;

    /// <summary>The verdict depends on fields of the response, so the caller fills them in.</summary>
    public bool LooksAtResponseHeaders => (_on & (RetryConditions.Headers | RetryConditions.RateLimited | RetryConditions.AnyGrpc)) != 0;

    /// <summary>The fields to test with <see cref="MatchesHeader"/>, empty when the policy asks for none.</summary>
    public int HeaderCount => _headers.Length;

    /// <summary>Lower-case name of one of the fields that make a response retriable.</summary>
    public ReadOnlySpan<byte> HeaderName(int index) => _headers[index].Name;

    /// <summary>Whether that field's value makes the response retriable.</summary>
    public bool MatchesHeader(int index, ReadOnlySpan<byte> value) => _headers[index].Value.Matches(value);

    /// <summary>Compiles a policy; null is the default one. An error names the part that is wrong.</summary>
    public static (RetryPolicyModel? Model, string? Error) Compile(RetryPolicy? policy)
    {
        if (policy is null) return (Default, null);
        RetryConditions on = RetryConditions.None;
        foreach (RetryCondition condition in policy.On) on |= BitOf(condition);

        ulong[]? codes = null;
        foreach (uint code in policy.StatusCodes)
        {
            if (code is < 100 or >= MaxStatus) return (null, $"retry status code {code} is not between 100 and 599");
            codes ??= new ulong[MaxStatus / 64 + 1];
            codes[code / 64] |= 1UL << (int)(code % 64);
        }

        var headers = new (byte[], StringMatchModel)[policy.ResponseHeaders.Count];
        for (int i = 0; i < headers.Length; i++)
        {
            (StringMatchModel? value, string? error) = StringMatchModel.Compile(policy.ResponseHeaders[i].Value);
            if (value is null) return (null, $"retry on response header \"{policy.ResponseHeaders[i].Name}\": {error}");
            headers[i] = (Encoding.ASCII.GetBytes(policy.ResponseHeaders[i].Name), value);
        }
        return (new RetryPolicyModel(policy, on, codes, headers), null);
    }

    /// <summary>Judges one try. What <see cref="RetryVerdict.Retry"/> costs is the caller's to ask of budget and breaker.</summary>
    public RetryVerdict Decide(in AttemptOutcome outcome)
    {
        if (outcome.End is AttemptEnd.Abandoned or AttemptEnd.NoEndpoint or AttemptEnd.Overflow) return RetryVerdict.No;

        // A stale connection or a draining peer is the mesh's own affair, and none of the tries that a user configured.
        if (outcome.IsUnprocessed && outcome.Tries < Math.Max(MaxUnprocessedTries, 1 + Limit))
        {
            return outcome.CanReplay ? RetryVerdict.Resend : RetryVerdict.CannotReplay;
        }
        if (Limit == 0 || !AsksFor(outcome)) return RetryVerdict.No;
        if (outcome.Tries > Limit) return RetryVerdict.LimitReached;
        // gRPC is POST throughout, and who lists one of its codes means calls.
        bool covered = AnyMethod || outcome.IsIdempotent || outcome.IsUnprocessed || outcome.GrpcStatus > 0;
        if (!covered) return RetryVerdict.NotRepeatable;
        return outcome.CanReplay ? RetryVerdict.Retry : RetryVerdict.CannotReplay;
    }

    private bool AsksFor(in AttemptOutcome outcome)
    {
        switch (outcome.End)
        {
            case AttemptEnd.Response:
                return AsksForResponse(outcome);
            case AttemptEnd.ConnectFailed:
                return Any(RetryConditions.ConnectFailure | RetryConditions.ServerError | RetryConditions.GatewayError | RetryConditions.Reset);
            case AttemptEnd.ResetBeforeRequest:
                return Any(RetryConditions.ResetBeforeRequest | RetryConditions.Reset | RetryConditions.ServerError | RetryConditions.GatewayError);
            case AttemptEnd.RefusedStream or AttemptEnd.RefusedByDraining:
                return Any(RetryConditions.RefusedStream | RetryConditions.Reset | RetryConditions.ServerError | RetryConditions.GatewayError);
            default:
                // Envoy answers a reset with 503 and a timeout with 504, which its gateway-error covers as well.
                return Any(RetryConditions.Reset | RetryConditions.ServerError | RetryConditions.GatewayError);
        }
    }

    private bool AsksForResponse(in AttemptOutcome outcome)
    {
        int status = outcome.Status;
        if (status is >= 500 and <= 599 && Any(RetryConditions.ServerError)) return true;
        if (status is >= 502 and <= 504 && Any(RetryConditions.GatewayError)) return true;
        if (status == 409 && Any(RetryConditions.Conflict)) return true;
        if (_statusCodes is not null && status is > 0 and < MaxStatus && (_statusCodes[status / 64] >> (status % 64) & 1) != 0) return true;
        if (outcome.HasRetriableHeader && Any(RetryConditions.Headers)) return true;
        if (status == 429 && outcome.IsRateLimited && Any(RetryConditions.RateLimited)) return true;
        return outcome.GrpcStatus switch
        {
            1 => Any(RetryConditions.GrpcCancelled),
            4 => Any(RetryConditions.GrpcDeadlineExceeded),
            8 => Any(RetryConditions.GrpcResourceExhausted),
            13 => Any(RetryConditions.GrpcInternal),
            14 => Any(RetryConditions.GrpcUnavailable),
            _ => false,
        };
    }

    private bool Any(RetryConditions conditions) => (_on & conditions) != 0;

    private static RetryConditions BitOf(RetryCondition condition) => condition switch
    {
        RetryCondition.Retry5Xx => RetryConditions.ServerError,
        RetryCondition.RetryGatewayError => RetryConditions.GatewayError,
        RetryCondition.RetryReset => RetryConditions.Reset,
        RetryCondition.RetryResetBeforeRequest => RetryConditions.ResetBeforeRequest,
        RetryCondition.RetryConnectFailure => RetryConditions.ConnectFailure,
        RetryCondition.RetryRetriable4Xx => RetryConditions.Conflict,
        RetryCondition.RetryRefusedStream => RetryConditions.RefusedStream,
        RetryCondition.RetryRetriableStatusCodes => RetryConditions.StatusCodes,
        RetryCondition.RetryRetriableHeaders => RetryConditions.Headers,
        RetryCondition.RetryEnvoyRatelimited => RetryConditions.RateLimited,
        RetryCondition.RetryGrpcCancelled => RetryConditions.GrpcCancelled,
        RetryCondition.RetryGrpcDeadlineExceeded => RetryConditions.GrpcDeadlineExceeded,
        RetryCondition.RetryGrpcInternal => RetryConditions.GrpcInternal,
        RetryCondition.RetryGrpcResourceExhausted => RetryConditions.GrpcResourceExhausted,
        RetryCondition.RetryGrpcUnavailable => RetryConditions.GrpcUnavailable,
        _ => RetryConditions.None,
    };
}
