using System.Globalization;
using Tulle.Protocol;

namespace Tulle.Proxy.Admin;

/// <summary>What a route or a backend does beside forwarding, in sentences for whoever looks at /config in the night.</summary>
internal static class PolicyText
{
    public static IEnumerable<string> Of(Route route)
    {
        if (route.Redirect is { } redirect)
            yield return $"redirects with {(redirect.Status == 0 ? 301 : redirect.Status)} to {Or(redirect.Scheme, "the same scheme")}, {Or(redirect.Authority, "the same host")}{PortOf(redirect)}, {PathOf(redirect.Full, redirect.Prefix, redirect.MatchedPrefix)}";
        if (route.DirectResponse is { } direct) yield return $"answers {direct.Status} itself, with {direct.Body.Length} bytes of body";
        if (route.Backends.Count == 0 && route.AnswerCase == Route.AnswerOneofCase.None) yield return $"answers {(route.UnmatchedStatus == 0 ? 503 : route.UnmatchedStatus)}: it leads nowhere";
        if (route.Rewrite is { } rewrite)
        {
            if (rewrite.Authority.Length > 0) yield return $"rewrites the host to {rewrite.Authority}";
            if (rewrite.PathCase == Rewrite.PathOneofCase.Regex) yield return $"replaces {rewrite.Regex.Pattern} in the path by {rewrite.Regex.Substitution}";
            else if (rewrite.PathCase != Rewrite.PathOneofCase.None) yield return $"rewrites the path: {PathOf(rewrite.Full, rewrite.Prefix, rewrite.MatchedPrefix)}";
        }
        if (HeadersOf(route.RequestHeaders) is { } request) yield return $"request headers: {request}";
        if (HeadersOf(route.ResponseHeaders) is { } response) yield return $"response headers: {response}";
        foreach (WeightedBackend backend in route.Backends)
        {
            if (HeadersOf(backend.RequestHeaders) is { } own) yield return $"request headers to {backend.Backend}: {own}";
            if (HeadersOf(backend.ResponseHeaders) is { } back) yield return $"response headers from {backend.Backend}: {back}";
        }
        if (route.Cors is { } cors)
            yield return $"answers CORS preflights for {cors.Origins.Count} origin(s): methods {string.Join(", ", cors.Methods)}{(cors.IgnoreUnmatchedPreflights ? "; those of other origins too" : "")}";
        if (route.Fault is { } fault)
        {
            if (fault.DelayMs > 0 && fault.DelayPpm > 0) yield return $"delays {Percent(fault.DelayPpm)} of the requests by {Time(fault.DelayMs)} on purpose";
            if (fault.AbortPpm > 0) yield return $"aborts {Percent(fault.AbortPpm)} of the requests with {AbortOf(fault)} on purpose";
        }
        foreach (Mirror mirror in route.Mirrors) yield return $"mirrors {Percent(mirror.Ppm)} of the requests to {mirror.Backend}";
        if (route.Timeouts is { } timeouts)
        {
            if (timeouts.RequestMs > 0) yield return $"gives up after {Time(timeouts.RequestMs)}, all tries together";
            if (timeouts.ResponseMs > 0) yield return $"a response must begin within {Time(timeouts.ResponseMs)}";
            if (timeouts.IdleMs > 0) yield return $"gives up when nothing moves for {Time(timeouts.IdleMs)}";
            if (timeouts.StreamMs > 0) yield return $"ends a stream after {Time(timeouts.StreamMs)}, whatever it does";
        }
        if (route.Backends.Count > 0) yield return RetriesOf(route.Retries);
        if (route.RateLimit is { } limit) yield return LimitOf(limit);
    }

    public static IEnumerable<string> Of(Backend backend)
    {
        yield return $"balances by {BalancerOf(backend.LoadBalancer)}";
        if (backend.LoadBalancer?.SlowStart is { WindowMs: > 0 } slow) yield return $"warms new endpoints up for {Time(slow.WindowMs)}";
        if (backend.ConnectionPool is { } pool)
        {
            if (pool.MaxConnections > 0) yield return $"at most {pool.MaxConnections} connections (maxConnections)";
            if (pool.MaxPendingRequests > 0) yield return $"at most {pool.MaxPendingRequests} requests wait for one (http1MaxPendingRequests)";
            if (pool.MaxRequests > 0) yield return $"at most {pool.MaxRequests} requests under way (http2MaxRequests)";
            if (pool.MaxRequestsPerConnection > 0) yield return $"at most {pool.MaxRequestsPerConnection} requests on one connection";
            if (pool.MaxRetries > 0) yield return $"at most {pool.MaxRetries} requests are being retried (maxRetries)";
            if (pool.MaxConcurrentStreams > 0) yield return $"at most {pool.MaxConcurrentStreams} streams on one HTTP/2 connection";
            if (pool.ConnectTimeoutMs > 0) yield return $"a connection must be up within {Time(pool.ConnectTimeoutMs)}";
            if (pool.IdleTimeoutMs > 0) yield return $"closes connections that were idle for {Time(pool.IdleTimeoutMs)}";
            if (pool.MaxConnectionDurationMs > 0) yield return $"closes connections after {Time(pool.MaxConnectionDurationMs)}";
        }
        if (backend.OutlierDetection is { } outlier)
        {
            if (outlier.Consecutive5Xx > 0) yield return $"ejects an endpoint after {outlier.Consecutive5Xx} errors in a row ({(outlier.ErrorCodes.Count == 0 ? "5xx" : string.Join(", ", outlier.ErrorCodes))}) for {Time(outlier.BaseEjectionMs)} and longer each time";
            if (outlier.ConsecutiveGatewayErrors > 0) yield return $"ejects an endpoint after {outlier.ConsecutiveGatewayErrors} of 502, 503 and 504 in a row";
            if (outlier.ConsecutiveLocalOriginFailures > 0) yield return $"ejects an endpoint after {outlier.ConsecutiveLocalOriginFailures} failed connections in a row";
            yield return $"never ejects more than {outlier.MaxEjectionPercent} % of the endpoints{(outlier.MinHealthPercent > 0 ? $"; below {outlier.MinHealthPercent} % healthy ones all are used again" : "")}";
        }
        if (backend.FailureAccrual is { } accrual)
        {
            if (accrual.ConsecutiveFailures > 0) yield return $"rests an endpoint after {accrual.ConsecutiveFailures} failures in a row, for {Time(accrual.MinPenaltyMs)} to {Time(accrual.MaxPenaltyMs)}";
            if (accrual.SuccessRateThreshold > 0) yield return $"rests an endpoint whose success rate is below {accrual.SuccessRateThreshold.ToString(CultureInfo.InvariantCulture)} over {Time(accrual.WindowMs)}";
        }
        if (backend.HealthCheck is { } check) yield return $"checks every endpoint each {Time(check.IntervalMs)} ({(check.Path.Length == 0 ? "TCP connect" : $"GET {check.Path}")})";
    }

    /// <summary>A rate limit in words.</summary>
    public static string LimitOf(RateLimit limit)
    {
        var parts = new List<string>();
        if (limit.RequestsPerSecond > 0) parts.Add($"at most {Number(limit.RequestsPerSecond)} requests a second{(limit.Burst > 0 ? $", {limit.Burst} at once" : "")}");
        if (limit.PerIdentityPerSecond > 0) parts.Add($"{Number(limit.PerIdentityPerSecond)} a second from each client identity");
        foreach (IdentityRate rate in limit.Overrides) parts.Add($"{Number(rate.RequestsPerSecond)} a second from {string.Join(", ", rate.Identities)}");
        return string.Join("; ", parts);
    }

    private static string RetriesOf(RetryPolicy? retries)
    {
        if (retries is not { Limit: > 0 }) return "sends again only what provably was not processed";
        string on = string.Join(", ", retries.On.Select(TrafficNames.RetryConditions.Of).Concat(retries.StatusCodes.Select(code => code.ToString(CultureInfo.InvariantCulture))));
        return $"retries up to {retries.Limit} times on {Or(on, "what was not processed")}"
            + (retries.PerTryTimeoutMs > 0 ? $", {Time(retries.PerTryTimeoutMs)} each" : "")
            + (retries.AnyMethod ? ", whatever the method" : ", methods that may be repeated");
    }

    private static string BalancerOf(LoadBalancer? balancer) => balancer?.Policy switch
    {
        BalancingPolicy.BalancingLeastRequest => "least requests",
        BalancingPolicy.BalancingRoundRobin => "round robin",
        BalancingPolicy.BalancingRandom => "chance",
        BalancingPolicy.BalancingRingHash => $"ring hash of {HashOf(balancer.Hash)}",
        BalancingPolicy.BalancingMaglev => $"Maglev hash of {HashOf(balancer.Hash)}",
        BalancingPolicy.BalancingPassthrough => "the address that the client asked for",
        _ => "latency and load (peak EWMA)",
    };

    private static string HashOf(HashKey? key) => key?.KeyCase switch
    {
        HashKey.KeyOneofCase.Header => $"header {key.Header}",
        HashKey.KeyOneofCase.Query => $"query parameter {key.Query}",
        HashKey.KeyOneofCase.Cookie => $"cookie {key.Cookie.Name}",
        _ => "the client's address",
    };

    private static string? HeadersOf(HeaderOperations? operations)
    {
        if (operations is null) return null;
        var parts = new List<string>();
        if (operations.Removed.Count > 0) parts.Add($"removes {string.Join(", ", operations.Removed)}");
        if (operations.Set.Count > 0) parts.Add($"sets {string.Join(", ", operations.Set.Select(field => field.Name))}");
        if (operations.Added.Count > 0) parts.Add($"adds {string.Join(", ", operations.Added.Select(field => field.Name))}");
        return parts.Count == 0 ? null : string.Join("; ", parts);
    }

    private static string AbortOf(Fault fault) => fault.HasAbortGrpcStatus && fault.AbortStatus == 0 ? $"gRPC status {fault.AbortGrpcStatus}" : $"{fault.AbortStatus}";

    private static string PortOf(Redirect redirect) => redirect.PortFromScheme ? ", the scheme's port" : redirect.Port > 0 ? $", port {redirect.Port}" : "";

    private static string PathOf(string full, string prefix, string matched)
        => full.Length > 0 ? $"path {full}" : prefix.Length > 0 || matched.Length > 0 ? $"prefix {matched} becomes {Or(prefix, "/")}" : "the same path";

    private static string Or(string text, string otherwise) => text.Length > 0 ? text : otherwise;

    private static string Percent(uint ppm) => $"{Number(ppm / 10_000.0)} %";

    private static string Time(long ms) => ms >= 1_000 ? $"{Number(ms / 1_000.0)} s" : $"{ms} ms";

    private static string Number(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);
}
