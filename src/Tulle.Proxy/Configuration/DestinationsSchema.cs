using Tulle.Protocol;

namespace Tulle.Proxy.Configuration;

/// <summary>
/// The messages of <c>discovery.proto</c> and <c>traffic.proto</c> as a standalone proxy's file has them: one row per field. A test
/// holds them against the messages' descriptors, so a new field cannot be forgotten.
/// </summary>
/// <remarks>
/// Not protobuf's own JSON mapping: its parser works by reflection over descriptors, which would keep every property of every message in
/// the executable, and it reports mistakes one at a time, without a line.
/// </remarks>
internal static class DestinationsSchema
{
    /// <summary>In a port's mode: what the policy says for all ports.</summary>
    public const int InheritedMode = 99;

    public static JsonMessage File { get; } = new(
        Messages("destinations", 1, () => Destination!),
        Message("inbound", 2, () => Inbound!));

    public static JsonMessage Destination { get; } = new(
        Text("authority", 1),
        Choice("protocol", 4, Protocols),
        Message("service", 5, () => Service!),
        Messages("routes", 6, () => Route!),
        Messages("backends", 7, () => Backend!),
        Messages("namedRoutes", 8, () => NamedRoute!),
        Message("retryBudget", 9, () => RetryBudget!),
        Message("accessLog", 10, () => AccessLog!),
        Messages("connectionRoutes", 11, () => ConnectionRoute!),
        Message("tracing", 12, () => Tracing!));

    public static JsonMessage ConnectionRoute { get; } = new(
        Text("name", 1),
        LowerText("serverNames", 2) with { IsList = true },
        Messages("backends", 3, () => WeightedBackend!));

    public static JsonMessage Route { get; } = new(
        Text("name", 1),
        Message("condition", 2, () => Condition!),
        Messages("backends", 3, () => WeightedBackend!),
        Message("redirect", 4, () => Redirect!) with { OneOf = "answer" },
        Message("directResponse", 5, () => DirectResponse!) with { OneOf = "answer" },
        Message("rewrite", 6, () => Rewrite!),
        Message("requestHeaders", 7, () => HeaderOperations!),
        Message("responseHeaders", 8, () => HeaderOperations!),
        Message("cors", 9, () => Cors!),
        Message("fault", 10, () => Fault!),
        Messages("mirrors", 11, () => Mirror!),
        Message("timeouts", 12, () => Timeouts!),
        Message("retries", 13, () => Retries!),
        Message("rateLimit", 14, () => RateLimit!),
        Number("unmatchedStatus", 15, 599));

    public static JsonMessage WeightedBackend { get; } = new(
        Text("backend", 1),
        Number("weight", 2) with { Default = 1 },
        Message("requestHeaders", 3, () => HeaderOperations!),
        Message("responseHeaders", 4, () => HeaderOperations!));

    public static JsonMessage NamedRoute { get; } = new(
        Text("name", 1),
        Message("condition", 2, () => Condition!),
        Messages("responseClasses", 3, () => ResponseClass!));

    public static JsonMessage ResponseClass { get; } = new(
        Message("condition", 1, () => ResponseCondition!),
        Boolean("isFailure", 2));

    public static JsonMessage ResponseCondition { get; } = new(
        Messages("all", 1, () => ResponseCondition!),
        Messages("any", 2, () => ResponseCondition!),
        Message("not", 3, () => ResponseCondition!),
        Number("minStatus", 4, 999),
        Number("maxStatus", 5, 999));

    public static JsonMessage Condition { get; } = new(
        List("all", 1, () => Condition!) with { OneOf = "condition" },
        List("any", 2, () => Condition!) with { OneOf = "condition" },
        Message("not", 3, () => Condition!) with { OneOf = "condition" },
        Message("path", 4, () => StringMatch!) with { OneOf = "condition" },
        Message("method", 5, () => StringMatch!) with { OneOf = "condition" },
        Message("authority", 6, () => StringMatch!) with { OneOf = "condition" },
        Message("scheme", 7, () => StringMatch!) with { OneOf = "condition" },
        Message("header", 8, () => HeaderMatch!) with { OneOf = "condition" },
        Message("query", 9, () => QueryMatch!) with { OneOf = "condition" })
    {
        Required = "condition",
    };

    public static JsonMessage StringMatch { get; } = new(
        Text("exact", 1) with { OneOf = "match" },
        Text("prefix", 2) with { OneOf = "match" },
        Text("regex", 3) with { OneOf = "match" },
        Boolean("present", 4) with { OneOf = "match" },
        Boolean("ignoreCase", 5))
    {
        Required = "match",
    };

    public static JsonMessage HeaderMatch { get; } = new(LowerText("name", 1), Message("value", 2, () => StringMatch));

    /// <summary>The same message; parameters are case-sensitive.</summary>
    public static JsonMessage QueryMatch { get; } = new(Text("name", 1), Message("value", 2, () => StringMatch));

    public static JsonMessage HeaderField { get; } = new(LowerText("name", 1), Text("value", 2));

    public static JsonMessage HeaderOperations { get; } = new(
        LowerText("removed", 1) with { IsList = true },
        Messages("set", 2, () => HeaderField),
        Messages("added", 3, () => HeaderField));

    public static JsonMessage Redirect { get; } = new(
        Number("status", 1, 399),
        Text("scheme", 2),
        Text("authority", 3),
        Number("port", 4, 65535),
        Boolean("portFromScheme", 5),
        Text("full", 6) with { OneOf = "path" },
        Text("prefix", 7) with { OneOf = "path" },
        Text("matchedPrefix", 8));

    public static JsonMessage DirectResponse { get; } = new(Number("status", 1, 599), Text("body", 2), Text("contentType", 3));

    public static JsonMessage Rewrite { get; } = new(
        Text("authority", 1),
        Text("full", 2) with { OneOf = "path" },
        Text("prefix", 3) with { OneOf = "path" },
        Message("regex", 4, () => RegexRewrite!) with { OneOf = "path" },
        Text("matchedPrefix", 5));

    public static JsonMessage RegexRewrite { get; } = new(Text("pattern", 1), Text("substitution", 2));

    public static JsonMessage Cors { get; } = new(
        Messages("origins", 1, () => StringMatch),
        Text("methods", 2) with { IsList = true },
        Text("requestHeaders", 3) with { IsList = true },
        Text("exposedHeaders", 4) with { IsList = true },
        new JsonField("maxAgeSeconds", 5, JsonKind.Signed) { Max = int.MaxValue },
        Boolean("allowCredentials", 6),
        Boolean("ignoreUnmatchedPreflights", 7));

    public static JsonMessage Fault { get; } = new(
        Milliseconds("delayMs", 1), Number("delayPpm", 2, 1_000_000), Number("abortStatus", 3, 599), Number("abortGrpcStatus", 4, 16), Number("abortPpm", 5, 1_000_000));

    public static JsonMessage Mirror { get; } = new(Text("backend", 1), Number("ppm", 2, 1_000_000) with { Default = 1_000_000 });

    public static JsonMessage Timeouts { get; } = new(
        Milliseconds("requestMs", 1), Milliseconds("responseMs", 2), Milliseconds("idleMs", 3), Milliseconds("streamMs", 4));

    public static JsonMessage Retries { get; } = new(
        Number("limit", 1, 100),
        Milliseconds("perTryTimeoutMs", 2),
        Choice("on", 3, RetryConditions) with { IsList = true },
        Number("statusCodes", 4, 999) with { IsList = true },
        Messages("responseHeaders", 5, () => HeaderMatch),
        Milliseconds("backoffBaseMs", 6),
        Milliseconds("backoffMaxMs", 7),
        Boolean("sameEndpoint", 8),
        Boolean("ignoreRetryAfter", 9),
        Boolean("otherLocalities", 10),
        Boolean("anyMethod", 11));

    public static JsonMessage RetryBudget { get; } = new(Number("ratioPpm", 1), Number("minPerSecond", 2), Milliseconds("ttlMs", 3));

    public static JsonMessage RateLimit { get; } = new(
        Fraction("requestsPerSecond", 1), Number("burst", 2), Fraction("perIdentityPerSecond", 3), Messages("overrides", 4, () => IdentityRate!));

    public static JsonMessage IdentityRate { get; } = new(Text("identities", 1) with { IsList = true }, Fraction("requestsPerSecond", 2));

    public static JsonMessage Backend { get; } = new(
        Text("name", 1),
        Message("service", 2, () => Service!),
        Text("subset", 3),
        Messages("endpoints", 4, () => Endpoint!),
        Choice("protocol", 5, Protocols),
        Message("loadBalancer", 6, () => LoadBalancer!),
        Message("connectionPool", 7, () => ConnectionPool!),
        Message("outlierDetection", 8, () => OutlierDetection!),
        Message("failureAccrual", 9, () => FailureAccrual!),
        Message("healthCheck", 10, () => HealthCheck!));

    public static JsonMessage Service { get; } = new(Text("namespace", 1), Text("name", 2), Number("port", 3, 65535) with { Default = 80 });

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
        Choice("policy", 1, Policies),
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

    public static JsonMessage AccessLog { get; } = new(Boolean("enabled", 1) with { Default = 1 }, Boolean("json", 2), Text("format", 3));

    public static JsonMessage Tracing { get; } = new(
        Number("samplingPpm", 1, 1_000_000),
        Boolean("silencesSpans", 2),
        Messages("tags", 3, () => TracingTag!));

    public static JsonMessage TracingTag { get; } = new(Text("name", 1), Text("value", 2), LowerText("header", 3));

    public static JsonMessage Inbound { get; } = new(
        Choice("defaultMode", 2, Modes),
        Messages("ports", 3, () => InboundPort!),
        Text("workload", 4));

    public static JsonMessage InboundPort { get; } = new(
        Number("port", 1, 65535),
        Choice("mode", 2, Modes) with { Default = InheritedMode },
        Choice("protocol", 3, Protocols),
        Message("service", 4, () => Service),
        Messages("namedRoutes", 5, () => NamedRoute),
        Message("rateLimit", 6, () => RateLimit),
        Message("connectionPool", 7, () => ConnectionPool),
        Message("accessLog", 8, () => AccessLog),
        Message("tracing", 9, () => Tracing));

    private static (string Name, int Number)[] Protocols => [("detect", 0), ("http1", 1), ("http2", 2), ("opaque", 3)];

    private static (string Name, int Number)[] Modes => [("permissive", 0), ("strict", 1), ("disable", 2)];

    private static (string Name, int Number)[] Policies =>
        [("peak-ewma", 1), ("least-request", 2), ("round-robin", 3), ("random", 4), ("ring-hash", 5), ("maglev", 6), ("passthrough", 7)];

    private static (string Name, int Number)[] RetryConditions => [.. RetryConditionNames.All.Select(pair => (pair.Name, (int)pair.Condition))];

    private static JsonField Text(string name, int number) => new(name, number, JsonKind.Text);

    private static JsonField LowerText(string name, int number) => new(name, number, JsonKind.Text) { IsLowerCase = true };

    private static JsonField Boolean(string name, int number) => new(name, number, JsonKind.Boolean);

    private static JsonField Number(string name, int number, long max = uint.MaxValue) => new(name, number, JsonKind.Number) { Max = max };

    /// <summary>Up to ten years.</summary>
    private static JsonField Milliseconds(string name, int number) => new(name, number, JsonKind.Number) { Max = 315_360_000_000 };

    private static JsonField Fraction(string name, int number) => new(name, number, JsonKind.Fraction);

    private static JsonField Choice(string name, int number, (string, int)[] choices) => new(name, number, JsonKind.Choice) { Choices = choices };

    private static JsonField Message(string name, int number, Func<JsonMessage> message) => new(name, number, JsonKind.Message) { Message = message };

    private static JsonField Messages(string name, int number, Func<JsonMessage> message) => Message(name, number, message) with { IsList = true };

    private static JsonField List(string name, int number, Func<JsonMessage> message) => new(name, number, JsonKind.WrappedList) { Message = message };
}
