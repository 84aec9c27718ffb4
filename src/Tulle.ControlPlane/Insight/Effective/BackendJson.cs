using System.Text.Json;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Effective;

/// <summary>Backends as JSON.</summary>
internal static class BackendJson
{
    public static void Write(Utf8JsonWriter json, EffectiveBackend backend)
    {
        Backend compiled = backend.Compiled;
        json.WriteString("name", compiled.Name);
        json.WriteOptional("service", compiled.Service, Write);
        json.WriteString("subset", compiled.Subset);
        json.WriteStartObject("labels");
        foreach ((string key, string value) in backend.Labels) json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteString("protocol", TrafficNames.Protocols.Of(compiled.Protocol));
        json.WriteNumber("endpoints", compiled.Endpoints.Count);
        json.WriteNumber("meshed", compiled.Endpoints.Count(endpoint => endpoint.Identity.Length > 0));
        json.WriteString("mtls", backend.Mtls);
        json.WriteOptional("loadBalancer", compiled.LoadBalancer, Write);
        json.WriteOptional("connectionPool", compiled.ConnectionPool, Write);
        json.WriteOptional("outlierDetection", compiled.OutlierDetection, Write);
        json.WriteOptional("failureAccrual", compiled.FailureAccrual, Write);
        json.WriteOptional("healthCheck", compiled.HealthCheck, Write);
    }

    private static void Write(Utf8JsonWriter json, ServiceReference service)
    {
        json.WriteString("namespace", service.Namespace);
        json.WriteString("name", service.Name);
        json.WriteNumber("port", service.Port);
    }

    private static void Write(Utf8JsonWriter json, LoadBalancer balancer)
    {
        json.WriteString("policy", TrafficNames.BalancingPolicies.Of(balancer.Policy));
        json.WriteString("hash", balancer.Hash?.KeyCase switch
        {
            HashKey.KeyOneofCase.Header => $"header {balancer.Hash.Header}",
            HashKey.KeyOneofCase.Query => $"query parameter {balancer.Hash.Query}",
            HashKey.KeyOneofCase.SourceAddress => "source address",
            HashKey.KeyOneofCase.Cookie => $"cookie {balancer.Hash.Cookie.Name}",
            _ => null,
        });
    }

    private static void Write(Utf8JsonWriter json, ConnectionPool pool) => json.WriteSet(
        ("maxConnections", pool.MaxConnections),
        ("maxPendingRequests", pool.MaxPendingRequests),
        ("maxRequests", pool.MaxRequests),
        ("maxRequestsPerConnection", pool.MaxRequestsPerConnection),
        ("maxRetries", pool.MaxRetries),
        ("maxConcurrentStreams", pool.MaxConcurrentStreams),
        ("connectTimeoutMs", pool.ConnectTimeoutMs),
        ("idleTimeoutMs", pool.IdleTimeoutMs),
        ("maxConnectionDurationMs", pool.MaxConnectionDurationMs));

    private static void Write(Utf8JsonWriter json, OutlierDetection detection)
    {
        json.WriteSet(
            ("consecutive5xx", detection.Consecutive5Xx),
            ("consecutiveGatewayErrors", detection.ConsecutiveGatewayErrors),
            ("consecutiveLocalOriginFailures", detection.ConsecutiveLocalOriginFailures),
            ("intervalMs", detection.IntervalMs),
            ("baseEjectionMs", detection.BaseEjectionMs));
        json.WriteNumber("maxEjectionPercent", detection.MaxEjectionPercent);
        json.WriteSet("minHealthPercent", detection.MinHealthPercent);
    }

    private static void Write(Utf8JsonWriter json, FailureAccrual accrual) => json.WriteSet(
        ("consecutiveFailures", accrual.ConsecutiveFailures),
        ("successRateThreshold", accrual.SuccessRateThreshold),
        ("windowMs", accrual.WindowMs),
        ("minPenaltyMs", accrual.MinPenaltyMs),
        ("maxPenaltyMs", accrual.MaxPenaltyMs));

    private static void Write(Utf8JsonWriter json, HealthCheck check)
    {
        json.WriteString("path", check.Path);
        json.WriteSet(("intervalMs", check.IntervalMs), ("timeoutMs", check.TimeoutMs));
        json.WriteNumber("unhealthyThreshold", check.UnhealthyThreshold);
        json.WriteNumber("healthyThreshold", check.HealthyThreshold);
    }
}
