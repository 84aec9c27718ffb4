using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>Cross-origin resource sharing.</summary>
/// <param name="MaxAge">How long a preflight answer may be cached; null when not said.</param>
/// <param name="IgnoreUnmatchedPreflights">Whether the proxy answers preflight requests of other origins too, instead of forwarding them.</param>
public sealed record HttpCors(
    IReadOnlyList<StringMatch> Origins, IReadOnlyList<string> Methods, IReadOnlyList<string> RequestHeaders, IReadOnlyList<string> ExposedHeaders,
    TimeSpan? MaxAge, bool AllowCredentials, bool IgnoreUnmatchedPreflights)
{
    internal static HttpCors? Decode(Node? node)
    {
        if (node is not MappingNode)
            return null;
        IReadOnlyList<StringMatch> origins = node.GetList("allowOrigins", StringMatch.Decode);
        // Before there were matches, origins were plain strings and '*' meant any (istio.md §1.1).
        if (origins.Count == 0)
            origins = [.. node.GetTexts("allowOrigin").Select(origin => new StringMatch(StringMatchKind.Exact, origin))];
        return new HttpCors(
            [.. origins.Select(origin => origin is { Kind: StringMatchKind.Exact, Value: "*" } ? StringMatch.Present : origin)],
            node.GetTexts("allowMethods"), node.GetTexts("allowHeaders"), node.GetTexts("exposeHeaders"), node.GetDuration("maxAge"),
            node.GetFlag("allowCredentials") ?? false, node.GetText("unmatchedPreflights") == "IGNORE");
    }
}
