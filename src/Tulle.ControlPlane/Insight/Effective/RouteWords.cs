using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Effective;

/// <summary>What a route answers itself and what it changes, in words.</summary>
internal static class RouteWords
{
    private const uint Unavailable = 503;
    private const uint MovedPermanently = 301;

    /// <summary>Null when requests are sent on.</summary>
    public static string? Answer(Route route) => route.AnswerCase switch
    {
        Route.AnswerOneofCase.Redirect => $"redirects with {(route.Redirect.Status == 0 ? MovedPermanently : route.Redirect.Status)} to {Target(route.Redirect)}",
        Route.AnswerOneofCase.DirectResponse => $"answers {route.DirectResponse.Status}",
        _ when route.Backends.Count == 0 => $"answers {(route.UnmatchedStatus == 0 ? Unavailable : route.UnmatchedStatus)}: no rule before it takes the request",
        _ => null,
    };

    public static IEnumerable<string> Changes(Route route)
    {
        if (route.Rewrite is { } rewrite)
        {
            if (rewrite.Authority.Length > 0) yield return $"rewrites the authority to {rewrite.Authority}";
            if (Path(rewrite) is { } path) yield return path;
        }
        foreach (string change in Headers("request", route.RequestHeaders)) yield return change;
        foreach (string change in Headers("response", route.ResponseHeaders)) yield return change;
        foreach (WeightedBackend backend in route.Backends)
        {
            foreach (string change in Headers("request", backend.RequestHeaders)) yield return $"for {backend.Backend}: {change}";
            foreach (string change in Headers("response", backend.ResponseHeaders)) yield return $"for {backend.Backend}: {change}";
        }
        if (route.Cors is { } cors) yield return $"answers preflight requests of {(cors.Origins.Count == 0 ? "no origin" : string.Join(" or ", cors.Origins.Select(origin => ConditionWords.Of("origin", origin))))}";
    }

    private static string? Path(Rewrite rewrite) => rewrite.PathCase switch
    {
        Rewrite.PathOneofCase.Full => $"rewrites the path to {rewrite.Full}",
        Rewrite.PathOneofCase.Prefix => $"rewrites the path's beginning {rewrite.MatchedPrefix} to {rewrite.Prefix}",
        Rewrite.PathOneofCase.Regex => $"rewrites {rewrite.Regex.Pattern} in the path to {rewrite.Regex.Substitution}",
        _ => null,
    };

    private static string Target(Redirect redirect)
    {
        string path = redirect.PathCase switch
        {
            Redirect.PathOneofCase.Full => redirect.Full,
            Redirect.PathOneofCase.Prefix => $"{redirect.Prefix}… in place of {redirect.MatchedPrefix}",
            _ => "the same path",
        };
        string place = redirect.Authority.Length > 0 ? redirect.Authority : "the same host";
        return $"{(redirect.Scheme.Length > 0 ? $"{redirect.Scheme}, " : "")}{place}{(redirect.Port > 0 ? $":{redirect.Port}" : "")}, {path}";
    }

    private static IEnumerable<string> Headers(string of, HeaderOperations? operations)
    {
        if (operations is null) yield break;
        foreach (string name in operations.Removed) yield return $"removes {of} header {name}";
        foreach (HeaderField field in operations.Set) yield return $"sets {of} header {field.Name} to \"{field.Value}\"";
        foreach (HeaderField field in operations.Added) yield return $"adds {of} header {field.Name}: \"{field.Value}\"";
    }
}
