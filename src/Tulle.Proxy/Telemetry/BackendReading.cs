using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Telemetry;

/// <summary>What this proxy believes of one backend at one moment. Reading takes no lock of the loops.</summary>
/// <param name="backend">The backend.</param>
/// <param name="shared">What the loops share about it; null where nothing watches or limits it.</param>
/// <param name="loops">The endpoints of each loop.</param>
internal readonly struct BackendReading(BackendModel backend, SharedBackendState? shared, IReadOnlyList<EndpointTable> loops)
{
    /// <summary>What changes when there is news. All of them only ever grow, so a difference is a change.</summary>
    public HealthMark Mark()
    {
        var mark = new HealthMark(backend, shared?.Health.Version ?? 0, Refused(), 0, 0);
        foreach (EndpointModel endpoint in backend.Endpoints)
        {
            foreach (EndpointTable loop in loops)
            {
                if (CountersOf(loop, endpoint) is not { } counters) continue;
                mark = mark with { ConnectFailures = mark.ConnectFailures + counters.ConnectFailures, LastError = Math.Max(mark.LastError, counters.LastErrorMicros) };
            }
        }
        return mark;
    }

    /// <summary>What moves all the time.</summary>
    public (long Requests, long Successes, long Used) Counts()
    {
        (long requests, long successes) = (0, 0);
        foreach (EndpointModel endpoint in backend.Endpoints)
        {
            foreach (EndpointTable loop in loops)
            {
                if (CountersOf(loop, endpoint) is not { } counters) continue;
                requests += counters.Requests;
                successes += counters.Successes;
            }
        }
        return (requests, successes, Used());
    }

    /// <summary>The same as a message.</summary>
    /// <param name="clock">Says what the loops' times mean.</param>
    /// <param name="mostEndpoints">Endpoints that may be in it.</param>
    public BackendReport Message(in LoopClock clock, int mostEndpoints)
    {
        var message = new BackendReport { Name = backend.Name, Subset = backend.Subset };
        if (backend.ServiceName.Length > 0)
            message.Service = new ServiceReference { Namespace = backend.ServiceNamespace, Name = backend.ServiceName, Port = backend.ServicePort };
        if (shared is not null && backend.ConnectionPool is { } limits && limits != ConnectionPoolModel.None)
        {
            message.Connections = Use(shared.Breaker.Connections, limits.MaxConnections);
            message.Pending = Use(shared.Breaker.Pending, limits.MaxPending);
            message.Requests = Use(shared.Breaker.Requests, limits.MaxRequests);
            message.Retries = Use(shared.Breaker.Retries, limits.MaxRetries);
        }
        foreach (EndpointModel endpoint in backend.Endpoints.AsSpan(0, Math.Min(mostEndpoints, backend.Endpoints.Length))) message.Endpoints.Add(Endpoint(endpoint, clock));
        return message;
    }

    private EndpointReport Endpoint(EndpointModel endpoint, in LoopClock clock)
    {
        var message = new EndpointReport { Address = endpoint.Key };
        // Loops count a try before they conclude anything from it; read the other way round, a conclusion never lacks the try that led to it.
        if (shared?.Health.Find(endpoint) is { } health) Describe(message, health, clock);
        long lastError = 0;
        foreach (EndpointTable loop in loops)
        {
            if (CountersOf(loop, endpoint) is not { } counters) continue;
            message.Requests += (ulong)counters.Requests;
            message.Successes += (ulong)counters.Successes;
            message.ConnectFailures += (ulong)counters.ConnectFailures;
            if (counters.LastErrorMicros <= lastError) continue;
            lastError = counters.LastErrorMicros;
            message.LastError = counters.LastError;
            message.LastErrorUnixMs = clock.UnixMs(lastError);
        }
        return message;
    }

    private void Describe(EndpointReport message, EndpointHealth health, in LoopClock clock)
    {
        message.CheckError = health.CheckError;
        if (health.Outlier.IsEjected(clock.NowMicros))
        {
            message.EjectedUntilUnixMs = clock.UnixMs(health.Outlier.EjectedUntil);
            message.EjectedBecause = Because(health.Outlier.Cause);
            message.Ejections = (uint)health.Outlier.Ejections;
        }
        else if (health.Accrual.Cause is var cause and not EjectionCause.None)
        {
            // Past its penalty it is still out, until the next request has tried it.
            message.EjectedUntilUnixMs = clock.UnixMs(Math.Max(health.Accrual.OpenUntil, clock.NowMicros));
            message.EjectedBecause = Because(cause);
            message.Ejections = (uint)health.Accrual.Penalties;
        }
    }

    private string Because(EjectionCause cause) => cause switch
    {
        EjectionCause.Errors => $"{backend.Outlier?.Consecutive5xx} consecutive 5xx responses",
        EjectionCause.GatewayErrors => $"{backend.Outlier?.ConsecutiveGateway} consecutive responses 502, 503 or 504",
        EjectionCause.LocalFailures => $"{backend.Outlier?.ConsecutiveLocal} consecutive failures without a response",
        EjectionCause.Failures => $"{backend.FailureAccrual?.ConsecutiveFailures} consecutive failures",
        EjectionCause.SuccessRate => $"less than {backend.FailureAccrual?.SuccessRateThreshold:P0} of its responses were successes",
        EjectionCause.Probe => "the request that tried it again failed",
        _ => "",
    };

    private EndpointCounters? CountersOf(EndpointTable loop, EndpointModel endpoint) =>
        loop.CountersOf(endpoint, "") ?? loop.CountersOf(endpoint, backend.Name);

    private long Refused() => shared is null ? 0
        : shared.Breaker.Connections.Refused + shared.Breaker.Pending.Refused + shared.Breaker.Requests.Refused + shared.Breaker.Retries.Refused;

    private long Used() => shared is null ? 0
        : shared.Breaker.Connections.Value + shared.Breaker.Pending.Value + shared.Breaker.Requests.Value + shared.Breaker.Retries.Value;

    private static LimitUse Use(in LimitedCount count, int limit) => new() { Limit = (uint)limit, Used = (uint)Math.Max(0, count.Value), Refused = (ulong)count.Refused };
}

/// <summary>See <see cref="BackendReading.Mark"/>.</summary>
internal readonly record struct HealthMark(BackendModel? Model, int Version, long Refused, long ConnectFailures, long LastError);

/// <summary>One moment on the loops' clock and on the wall's.</summary>
internal readonly record struct LoopClock(long NowMicros, long NowUnixMs)
{
    public static LoopClock Read(TimeProvider time) =>
        new((long)(time.GetTimestamp() * (1e6 / time.TimestampFrequency)), time.GetUtcNow().ToUnixTimeMilliseconds());

    public long UnixMs(long micros) => NowUnixMs + (micros - NowMicros) / 1_000;
}
