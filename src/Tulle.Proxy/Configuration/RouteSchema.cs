using Tulle.Protocol;
using static Tulle.Proxy.Configuration.JsonFields;

namespace Tulle.Proxy.Configuration;

/// <summary>Routes as a standalone proxy's file has them; see <see cref="DestinationsSchema"/>.</summary>
internal static class RouteSchema
{
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
        Choice("on", 3, TrafficNames.RetryConditions) with { IsList = true },
        Number("statusCodes", 4, 999) with { IsList = true },
        Messages("responseHeaders", 5, () => HeaderMatch),
        Milliseconds("backoffBaseMs", 6),
        Milliseconds("backoffMaxMs", 7),
        Boolean("sameEndpoint", 8),
        Boolean("ignoreRetryAfter", 9),
        Boolean("otherLocalities", 10),
        Boolean("anyMethod", 11));

    public static JsonMessage RateLimit { get; } = new(
        Fraction("requestsPerSecond", 1), Number("burst", 2), Fraction("perIdentityPerSecond", 3), Messages("overrides", 4, () => IdentityRate!));

    public static JsonMessage IdentityRate { get; } = new(Text("identities", 1) with { IsList = true }, Fraction("requestsPerSecond", 2));
}
