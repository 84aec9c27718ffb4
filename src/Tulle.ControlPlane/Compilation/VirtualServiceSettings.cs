using Google.Protobuf;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>What a rule of a VirtualService does with requests beside choosing where they go (istio.md §1.3, §1.5).</summary>
internal static class VirtualServiceSettings
{
    /// <summary>Sets everything but the condition, the backends and the retries.</summary>
    /// <param name="route">Where it is set.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="matchedPrefix">The prefix of the path that the route's condition asks for; empty when it asks for none.</param>
    public static void Apply(Route route, HttpRule rule, string matchedPrefix)
    {
        if (rule.Action == HttpAction.Redirect) route.Redirect = Redirect(rule.Redirect!, matchedPrefix);
        if (rule.Action == HttpAction.DirectResponse) route.DirectResponse = Of(rule.DirectResponse!);
        route.Rewrite = Rewrite(rule, matchedPrefix);
        route.RequestHeaders = Requests(rule.Headers.Request, rule.Rewrite);
        route.ResponseHeaders = Responses(rule.Headers.Response);
        route.Cors = Of(rule.Cors);
        route.Fault = Of(rule.Fault);
        var timeouts = new Timeouts { RequestMs = Milliseconds.Of(rule.Timeout), StreamMs = Milliseconds.Of(rule.Limits?.StreamTimeout) };
        if (timeouts is not { RequestMs: <= 0, StreamMs: <= 0 }) route.Timeouts = timeouts;
        route.RateLimit = RateLimits.Of(rule.Limits);
    }

    /// <summary>Changes of request headers; null when there are none.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="rewrite">Its authority, where it has one, excludes a new Host among the headers (istio.md §1.3).</param>
    public static HeaderOperations? Requests(HeaderChanges changes, HttpRewrite? rewrite) =>
        Operations(changes, name => rewrite?.Authority is null || !IsHost(name));

    /// <summary>Changes of response headers; null when there are none.</summary>
    public static HeaderOperations? Responses(HeaderChanges changes) => Operations(changes, name => !IsHost(name));

    /// <summary>Whether the route has to know the prefix that its condition asked for.</summary>
    public static bool NeedsPrefix(HttpRule rule) => rule.Rewrite?.Uri is not null || rule.Redirect?.PrefixRewrite is not null;

    private static bool IsHost(string name) => name is ":authority" or "host";

    private static HeaderOperations? Operations(HeaderChanges changes, Func<string, bool> mayBeSet)
    {
        var operations = new HeaderOperations();
        // Only setting the Host means something; it can be neither added nor removed. What proxies refuse would cost the whole
        // destination, so it is left out where an API server without our checks let it in.
        operations.Removed.AddRange(changes.Remove.Where(name => !IsHost(name) && !HeaderChanges.Untouchable.Contains(name)));
        operations.Set.AddRange(changes.Set.Where(field => mayBeSet(field.Key) && !HeaderChanges.Untouchable.Contains(field.Key)).Select(Field));
        operations.Added.AddRange(changes.Add.Where(field => !IsHost(field.Key) && !HeaderChanges.Untouchable.Contains(field.Key)).Select(Field));
        return operations.Equals(new HeaderOperations()) ? null : operations;
    }

    private static HeaderField Field(KeyValuePair<string, string> field) => new() { Name = field.Key, Value = field.Value };

    private static Rewrite? Rewrite(HttpRule rule, string matchedPrefix)
    {
        var rewrite = new Rewrite { Authority = rule.Rewrite?.Authority ?? "" };
        if (rule.Rewrite?.Pattern is { } pattern) rewrite.Regex = new RegexRewrite { Pattern = pattern, Substitution = rule.Rewrite.Substitution };
        else if (rule.Rewrite?.Uri is { } uri && matchedPrefix.Length > 0) (rewrite.Prefix, rewrite.MatchedPrefix) = (uri, matchedPrefix);
        else if (rule.Rewrite?.Uri is { } path) rewrite.Full = path;
        return rewrite.Equals(new Rewrite()) ? null : rewrite;
    }

    private static Redirect Redirect(HttpRedirect source, string matchedPrefix)
    {
        var redirect = new Redirect
        {
            Status = (uint)source.Code,
            Scheme = source.Scheme ?? "",
            Authority = source.Authority ?? "",
            Port = (uint)source.Port,
            PortFromScheme = source.PortFromScheme,
        };
        if (source.Uri is { Length: > 0 } uri) redirect.Full = uri;
        else if (source.PrefixRewrite is { } prefix) (redirect.Prefix, redirect.MatchedPrefix) = (prefix, matchedPrefix);
        return redirect;
    }

    private static DirectResponse Of(HttpDirectResponse response) => new()
    {
        Status = (uint)response.Status,
        // Admission refuses it, but an object may be older: one rule must not cost the service all of its routes.
        Body = response.Body.Length > HttpDirectResponse.MaxBodyBytes
            ? ByteString.CopyFromUtf8($"the body of this direct response is longer than {HttpDirectResponse.MaxBodyBytes / 1024} KiB\n")
            : ByteString.CopyFrom(response.Body.Span),
    };

    private static CorsPolicy? Of(HttpCors? cors)
    {
        if (cors is null) return null;
        var policy = new CorsPolicy
        {
            MaxAgeSeconds = cors.MaxAge is { } age ? (long)age.TotalSeconds : -1,
            AllowCredentials = cors.AllowCredentials,
            IgnoreUnmatchedPreflights = cors.IgnoreUnmatchedPreflights,
        };
        policy.Origins.AddRange(cors.Origins.Select(origin => Conditions.Of(origin)));
        policy.Methods.AddRange(cors.Methods);
        policy.RequestHeaders.AddRange(cors.RequestHeaders);
        policy.ExposedHeaders.AddRange(cors.ExposedHeaders);
        return policy;
    }

    private static Fault? Of(HttpFault? fault)
    {
        var compiled = new Fault();
        if (fault is { DelayShare: > 0 } && fault.Delay > TimeSpan.Zero)
            (compiled.DelayMs, compiled.DelayPpm) = (Milliseconds.Of(fault.Delay), fault.DelayShare);
        if (fault is { AbortShare: > 0 } && (fault.AbortStatus ?? fault.AbortGrpcStatus) is not null)
        {
            compiled.AbortPpm = fault.AbortShare;
            compiled.AbortStatus = (uint)(fault.AbortStatus ?? 0);
            if (fault.AbortGrpcStatus is { } status) compiled.AbortGrpcStatus = (uint)status;
        }
        return compiled.Equals(new Fault()) ? null : compiled;
    }
}
