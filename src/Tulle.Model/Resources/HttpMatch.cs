using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>Conditions on a request, all of which must hold. Null and empty mean no condition.</summary>
public sealed record HttpMatch
{
    public string Name { get; init; } = "";

    /// <summary>The path, without the query.</summary>
    public StringMatch? Uri { get; init; }

    /// <summary>Whether exact and prefix matches of <see cref="Uri"/> disregard case.</summary>
    public bool IgnoreUriCase { get; init; }

    public StringMatch? Scheme { get; init; }

    public StringMatch? Method { get; init; }

    public StringMatch? Authority { get; init; }

    /// <summary>By lower-case header name.</summary>
    public IReadOnlyDictionary<string, StringMatch> Headers { get; init; } = new Dictionary<string, StringMatch>();

    /// <summary>By lower-case header name; none of them may match. A missing header has the empty value.</summary>
    public IReadOnlyDictionary<string, StringMatch> WithoutHeaders { get; init; } = new Dictionary<string, StringMatch>();

    public IReadOnlyDictionary<string, StringMatch> QueryParams { get; init; } = new Dictionary<string, StringMatch>();

    /// <summary>Port of the service that the rule is restricted to.</summary>
    public int? Port { get; init; }

    /// <summary>Labels of the calling workload that the rule is restricted to.</summary>
    public IReadOnlyDictionary<string, string> SourceLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>Namespace of the calling workload that the rule is restricted to.</summary>
    public string? SourceNamespace { get; init; }

    public IReadOnlyList<string> Gateways { get; init; } = [];

    internal static HttpMatch Decode(MappingNode node) => new()
    {
        Name = node.GetText("name") ?? "",
        Uri = StringMatch.DecodeOptional(node["uri"]),
        IgnoreUriCase = node.GetFlag("ignoreUriCase") ?? false,
        Scheme = StringMatch.DecodeOptional(node["scheme"]),
        Method = StringMatch.DecodeOptional(node["method"]),
        Authority = StringMatch.DecodeOptional(node["authority"]),
        Headers = HeaderMatches(node, "headers"),
        WithoutHeaders = HeaderMatches(node, "withoutHeaders"),
        QueryParams = node.GetMap("queryParams", StringMatch.Decode),
        Port = node.GetInt("port"),
        SourceLabels = node.GetTextMap("sourceLabels"),
        SourceNamespace = node.GetText("sourceNamespace") is { Length: > 0 } name ? name : null,
        Gateways = node.GetTexts("gateways"),
    };

    // istio.md §1.3: names of pseudo headers are ignored here. Two spellings of one name cannot both be kept; the last one wins.
    private static Dictionary<string, StringMatch> HeaderMatches(MappingNode node, string key)
    {
        var matches = new Dictionary<string, StringMatch>(StringComparer.Ordinal);
        foreach ((string name, StringMatch match) in node.GetMap(key, StringMatch.Decode))
        {
            string lower = name.ToLowerInvariant();
            if (lower is not ("uri" or "scheme" or "method" or "authority"))
                matches[lower] = match;
        }
        return matches;
    }
}
