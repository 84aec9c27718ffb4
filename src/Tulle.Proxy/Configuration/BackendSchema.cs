using Tulle.Protocol;
using static Tulle.Proxy.Configuration.JsonFields;

namespace Tulle.Proxy.Configuration;

/// <summary>Backends and how they are treated, as a standalone proxy's file has them; see <see cref="DestinationsSchema"/>.</summary>
internal static class BackendSchema
{
    public static JsonMessage Backend { get; } = new(
        Text("name", 1),
        Message("service", 2, () => DestinationsSchema.Service),
        Text("subset", 3),
        Messages("endpoints", 4, () => Endpoint!),
        Choice("protocol", 5, TrafficNames.Protocols),
        Message("loadBalancer", 6, () => LoadBalancer!),
        Message("connectionPool", 7, () => ConnectionPool!),
        Message("outlierDetection", 8, () => OutlierDetection!),
        Message("failureAccrual", 9, () => FailureAccrual!),
        Message("healthCheck", 10, () => HealthCheck!));

    public static JsonMessage Endpoint { get; } = new(
        Text("address", 1),
        Number("port", 2, 65535),
        Text("identity", 3),
        Text("pod", 4),
        Text("workload", 5),
        Number("weight", 6),
        Number("priority", 7, 127),
        Text("zone", 8));

    public static JsonMessage ConnectionPool { get; } = new(
        Number("maxConnections", 1),
        Number("maxPendingRequests", 2),
        Number("maxRequests", 3),
        Number("maxRequestsPerConnection", 4),
        Number("maxRetries", 5),
        Number("maxConcurrentStreams", 6),
        Milliseconds("connectTimeoutMs", 7),
        Milliseconds("idleTimeoutMs", 8),
        Milliseconds("maxConnectionDurationMs", 9),
        Message("keepalive", 10, () => Keepalive!),
        Message("http2Keepalive", 11, () => Http2Keepalive!));

    public static JsonMessage Keepalive { get; } = new(Number("probes", 1), Milliseconds("timeMs", 2), Milliseconds("intervalMs", 3));

    public static JsonMessage Http2Keepalive { get; } = new(Milliseconds("intervalMs", 1), Milliseconds("timeoutMs", 2));

    public static JsonMessage OutlierDetection { get; } = new(
        Number("consecutive5xx", 1),
        Number("consecutiveGatewayErrors", 2),
        Number("consecutiveLocalOriginFailures", 3),
        Boolean("splitLocalOrigin", 4),
        Milliseconds("intervalMs", 5),
        Milliseconds("baseEjectionMs", 6),
        Milliseconds("maxEjectionMs", 7),
        Number("maxEjectionPercent", 8, 100),
        Number("minHealthPercent", 9, 100),
        Number("errorCodes", 10, 999) with { IsList = true });

    public static JsonMessage FailureAccrual { get; } = new(
        Number("consecutiveFailures", 1),
        Fraction("successRateThreshold", 2),
        Milliseconds("windowMs", 3),
        Number("minRequests", 4),
        Milliseconds("minPenaltyMs", 5),
        Milliseconds("maxPenaltyMs", 6),
        Fraction("jitterRatio", 7));

    public static JsonMessage LoadBalancer { get; } = new(
        Choice("policy", 1, TrafficNames.BalancingPolicies),
        Message("hash", 2, () => HashKey!),
        Number("tableSize", 3),
        Message("slowStart", 4, () => SlowStart!));

    public static JsonMessage HashKey { get; } = new(
        LowerText("header", 1) with { OneOf = "key" },
        Text("query", 2) with { OneOf = "key" },
        Boolean("sourceAddress", 3) with { OneOf = "key" },
        Message("cookie", 4, () => HashCookie!) with { OneOf = "key" })
    {
        Required = "key",
    };

    public static JsonMessage HashCookie { get; } = new(
        Text("name", 1), Text("path", 2), Milliseconds("ttlMs", 3), Messages("attributes", 4, () => CookieAttribute!));

    /// <summary>The message of a header field; attributes keep their case.</summary>
    public static JsonMessage CookieAttribute { get; } = new(Text("name", 1), Text("value", 2));

    public static JsonMessage SlowStart { get; } = new(Milliseconds("windowMs", 1), Number("minPercent", 2, 100), Fraction("aggression", 3));

    public static JsonMessage HealthCheck { get; } = new(
        Text("path", 1),
        Text("authority", 2),
        Milliseconds("intervalMs", 3),
        Milliseconds("timeoutMs", 4),
        Number("unhealthyThreshold", 5),
        Number("healthyThreshold", 6));
}
