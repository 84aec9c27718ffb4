using System.Globalization;
using Tulle.Http;
using Tulle.Protocol;

namespace Tulle.Proxy.Routing.Actions;

/// <summary>Which scripts of other origins may call, and what browsers are told about it (the Fetch standard, §3.2). Immutable; any thread.</summary>
internal sealed class CorsModel
{
    /// <summary>Longest origin that is taken: a scheme, a host name and a port.</summary>
    public const int MaxOriginBytes = 300;

    private readonly StringMatchModel[] _origins;
    private readonly bool _ignoreUnmatched;

    private CorsModel(CorsPolicy policy, StringMatchModel[] origins)
    {
        _origins = origins;
        _ignoreUnmatched = policy.IgnoreUnmatchedPreflights;
        var credentials = new List<FieldLine>();
        if (policy.AllowCredentials) credentials.Add(new FieldLine("access-control-allow-credentials", "true"));
        var preflight = new List<FieldLine>(credentials);
        if (policy.Methods.Count > 0) preflight.Add(new FieldLine("access-control-allow-methods", string.Join(",", policy.Methods)));
        if (policy.RequestHeaders.Count > 0) preflight.Add(new FieldLine("access-control-allow-headers", string.Join(",", policy.RequestHeaders)));
        if (policy.MaxAgeSeconds >= 0) preflight.Add(new FieldLine("access-control-max-age", policy.MaxAgeSeconds.ToString(CultureInfo.InvariantCulture)));
        var exposed = new List<FieldLine>(credentials);
        if (policy.ExposedHeaders.Count > 0) exposed.Add(new FieldLine("access-control-expose-headers", string.Join(",", policy.ExposedHeaders)));
        Preflight = [.. preflight];
        // The policy has the last word: what the server said about other origins goes.
        Response = new FieldEdits(
            ["access-control-allow-origin", "access-control-allow-credentials", "access-control-expose-headers"], exposed, [Vary]);
    }

    /// <summary>The answer differs by origin, which a cache between must know.</summary>
    public static FieldLine Vary { get; } = new("vary", "Origin");

    /// <summary>Fields of the answer to an allowed preflight, beside <c>access-control-allow-origin</c> and <see cref="Vary"/>.</summary>
    public FieldLine[] Preflight { get; }

    /// <summary>Changes in a response to an allowed origin, before <c>access-control-allow-origin</c> is added.</summary>
    public FieldEdits Response { get; }

    /// <summary>What a request is to the policy.</summary>
    public enum Kind
    {
        /// <summary>Not from a script of another origin, or of one that is not allowed.</summary>
        Other,

        /// <summary>From an allowed origin: the response says so.</summary>
        Actual,

        /// <summary>A browser asks before it calls: the proxy answers.</summary>
        Preflight,

        /// <summary>The same, from an origin that is not allowed: the proxy answers without allowing anything.</summary>
        RefusedPreflight,
    }

    /// <summary>Compiles a policy; an error says what is wrong with it.</summary>
    public static (CorsModel? Model, string? Error) Compile(CorsPolicy policy)
    {
        var origins = new StringMatchModel[policy.Origins.Count];
        for (int i = 0; i < origins.Length; i++)
        {
            StringMatch match = policy.Origins[i];
            // "*" is what everybody writes for "any".
            if (match.MatchCase == StringMatch.MatchOneofCase.Exact && match.Exact == "*") match = new StringMatch { Present = true };
            (StringMatchModel? origin, string? error) = StringMatchModel.Compile(match);
            if (origin is null) return (null, $"CORS origin: {error}");
            origins[i] = origin;
        }
        foreach (string text in policy.Methods.Concat(policy.RequestHeaders).Concat(policy.ExposedHeaders))
        {
            if (text.Any(c => c is < ' ' or > '~')) return (null, $"CORS: \"{text}\" has characters that a header cannot have");
        }
        return (new CorsModel(policy, origins), null);
    }

    /// <summary>What the request is; <paramref name="origin"/> is its Origin where that is allowed.</summary>
    public Kind Classify(in RequestView request, out ReadOnlySpan<byte> origin)
    {
        int next = 0;
        if (!request.TryFindHeader("origin"u8, ref next, out origin)) return Kind.Other;
        next = 0;
        bool preflight = request.Method.SequenceEqual("OPTIONS"u8)
            && request.TryFindHeader("access-control-request-method"u8, ref next, out ReadOnlySpan<byte> method) && !method.IsEmpty;
        if (IsAllowed(origin)) return preflight ? Kind.Preflight : Kind.Actual;
        origin = default;
        return preflight && _ignoreUnmatched ? Kind.RefusedPreflight : Kind.Other;
    }

    private bool IsAllowed(ReadOnlySpan<byte> origin)
    {
        if (origin.Length is 0 or > MaxOriginBytes) return false;
        foreach (StringMatchModel allowed in _origins)
        {
            if (allowed.Matches(origin)) return true;
        }
        return false;
    }
}
