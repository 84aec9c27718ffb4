using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>The blocks of a traffic policy as proxies take them. A block that is not set leaves the proxy its default.</summary>
internal static class BackendPolicies
{
    /// <summary>Envoy's longest ejection (istio.md §2.2).</summary>
    public static readonly TimeSpan MaxEjection = TimeSpan.FromSeconds(300);

    /// <summary>Stands for an idle time that is switched off, as 0 asks for the proxy's own.</summary>
    private static readonly TimeSpan s_never = TimeSpan.FromDays(365);

    public static LoadBalancer? LoadBalancer(LoadBalancerSettings? settings)
    {
        if (settings is null) return null;
        var balancer = new LoadBalancer
        {
            Policy = settings.Hash is { } hash ? hash.Maglev ? BalancingPolicy.BalancingMaglev : BalancingPolicy.BalancingRingHash : Policy(settings.Simple),
        };
        if (settings.Hash is { } key)
        {
            balancer.Hash = Hash(key);
            balancer.TableSize = (ulong)key.TableSize;
        }
        // Envoy slows the start in round robin and least request only (istio.md §1.6).
        else if (settings.WarmUp is { } warmUp && settings.Simple is not (SimpleBalancing.Random or SimpleBalancing.Passthrough))
        {
            balancer.SlowStart = new SlowStart
            {
                WindowMs = Milliseconds.Of(warmUp.Duration),
                MinPercent = (uint)Math.Clamp(warmUp.MinimumPercent, 0, 100),
                Aggression = warmUp.Aggression,
            };
        }
        return balancer.Equals(new LoadBalancer()) ? null : balancer;
    }

    public static ConnectionPool? ConnectionPool(ConnectionPoolSettings? settings)
    {
        if (settings is null) return null;
        var pool = new ConnectionPool
        {
            MaxConnections = (uint)settings.MaxConnections,
            MaxPendingRequests = (uint)settings.MaxPendingRequests,
            MaxRequests = (uint)settings.MaxRequests,
            MaxRequestsPerConnection = (uint)settings.MaxRequestsPerConnection,
            MaxRetries = (uint)settings.MaxRetries,
            MaxConcurrentStreams = (uint)settings.MaxConcurrentStreams,
            ConnectTimeoutMs = Milliseconds.Of(settings.ConnectTimeout),
            IdleTimeoutMs = settings.IdleTimeout is { } idle ? Milliseconds.Of(idle == TimeSpan.Zero ? s_never : idle) : 0,
            MaxConnectionDurationMs = Milliseconds.Of(settings.MaxConnectionDuration),
            Keepalive = settings.Keepalive is not { } keepalive ? null : new TcpKeepalive
            {
                Probes = (uint)keepalive.Probes,
                TimeMs = Milliseconds.Of(keepalive.Time),
                IntervalMs = Milliseconds.Of(keepalive.Interval),
            },
            Http2Keepalive = settings.Http2Keepalive is not { } pings ? null : new Http2Keepalive
            {
                IntervalMs = Milliseconds.Of(pings.Interval),
                TimeoutMs = Milliseconds.Of(pings.Timeout),
            },
        };
        return pool.Equals(new ConnectionPool()) ? null : pool;
    }

    public static OutlierDetection? OutlierDetection(OutlierSettings? settings)
    {
        if (settings is null) return null;
        var detection = new OutlierDetection
        {
            Consecutive5Xx = (uint)settings.Consecutive5xx,
            ConsecutiveGatewayErrors = (uint)settings.ConsecutiveGatewayErrors,
            ConsecutiveLocalOriginFailures = (uint)settings.ConsecutiveLocalOriginFailures,
            SplitLocalOrigin = settings.SplitLocalOrigin,
            IntervalMs = Milliseconds.Of(settings.Interval),
            BaseEjectionMs = Milliseconds.Of(settings.BaseEjectionTime),
            MaxEjectionMs = Milliseconds.Of(settings.BaseEjectionTime > MaxEjection ? settings.BaseEjectionTime : MaxEjection),
            MaxEjectionPercent = (uint)settings.MaxEjectionPercent,
            MinHealthPercent = (uint)settings.MinHealthPercent,
        };
        detection.ErrorCodes.AddRange(settings.ErrorCodes.Select(code => (uint)code));
        return detection;
    }

    public static FailureAccrual? FailureAccrual(AnnotatedAccrual? accrual) => accrual is null ? null : new FailureAccrual
    {
        ConsecutiveFailures = (uint)accrual.MaxFailures,
        SuccessRateThreshold = accrual.SuccessRate,
        WindowMs = Milliseconds.Of(accrual.Window),
        MinRequests = (uint)accrual.MinRequests,
        MinPenaltyMs = Milliseconds.Of(accrual.MinPenalty),
        MaxPenaltyMs = Milliseconds.Of(accrual.MaxPenalty),
        JitterRatio = accrual.JitterRatio,
    };

    public static HealthCheck? HealthCheck(AnnotatedHealthCheck? check, string authority) => check is null ? null : new HealthCheck
    {
        Path = check.Path,
        Authority = authority,
        IntervalMs = Milliseconds.Of(check.Interval),
        TimeoutMs = Milliseconds.Of(check.Timeout),
        UnhealthyThreshold = (uint)check.UnhealthyThreshold,
        HealthyThreshold = (uint)check.HealthyThreshold,
    };

    private static BalancingPolicy Policy(SimpleBalancing simple) => simple switch
    {
        SimpleBalancing.LeastRequest => BalancingPolicy.BalancingLeastRequest,
        SimpleBalancing.RoundRobin => BalancingPolicy.BalancingRoundRobin,
        SimpleBalancing.Random => BalancingPolicy.BalancingRandom,
        SimpleBalancing.Passthrough => BalancingPolicy.BalancingPassthrough,
        _ => BalancingPolicy.BalancingUnspecified,
    };

    private static HashKey Hash(ConsistentHash hash)
    {
        if (hash.Header is { } header) return new HashKey { Header = header };
        if (hash.Query is { } query) return new HashKey { Query = query };
        if (hash.Cookie is not { } cookie) return new HashKey { SourceAddress = true };
        var key = new HashCookie { Name = cookie.Name, Path = cookie.Path };
        if (cookie.Ttl is { } ttl) key.TtlMs = Milliseconds.Of(ttl);
        key.Attributes.AddRange(cookie.Attributes.Select(attribute => new HeaderField { Name = attribute.Key, Value = attribute.Value }));
        return new HashKey { Cookie = key };
    }
}
