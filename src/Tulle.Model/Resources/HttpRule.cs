using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>What a rule does with the requests that match it.</summary>
public enum HttpAction
{
    Route,
    Redirect,
    DirectResponse,
    Delegate,
}

/// <summary>A rule of a VirtualService (istio.md §1.3). What is null is not set.</summary>
public sealed record HttpRule
{
    /// <summary>Name given to the rule; empty when none.</summary>
    public string Name { get; init; } = "";

    /// <summary>Alternatives; empty matches everything.</summary>
    public IReadOnlyList<HttpMatch> Matches { get; init; } = [];

    public HttpAction Action { get; init; }

    /// <summary>Destinations by weight; empty for the other actions.</summary>
    public IReadOnlyList<WeightedDestination> Route { get; init; } = [];

    public HttpRedirect? Redirect { get; init; }

    public HttpDirectResponse? DirectResponse { get; init; }

    /// <summary>The VirtualService that has the rules.</summary>
    public DelegateReference? Delegate { get; init; }

    public HttpRewrite? Rewrite { get; init; }

    public TimeSpan? Timeout { get; init; }

    public HttpRetries? Retries { get; init; }

    public HttpFault? Fault { get; init; }

    public IReadOnlyList<HttpMirror> Mirrors { get; init; } = [];

    public HttpCors? Cors { get; init; }

    public MessageHeaders Headers { get; init; } = MessageHeaders.None;

    /// <summary>Every destination that the rule names, mirrors included.</summary>
    public IEnumerable<Destination> Destinations => Route.Select(share => share.Destination).Concat(Mirrors.Select(mirror => mirror.Destination));

    /// <summary>The field of one of the mirrors, for findings.</summary>
    internal string MirrorField(int rule, int mirror) => HasMirrorList ? $"spec.http[{rule}].mirrors[{mirror}].destination" : $"spec.http[{rule}].mirror";

    private bool HasMirrorList { get; init; }

    /// <summary>What annotations of the object say of it; null for nothing.</summary>
    public AnnotatedLimits? Limits { get; init; }

    internal static HttpRule Decode(MappingNode node, IReadOnlyDictionary<string, string> annotations)
    {
        string name = node.GetText("name") ?? "";
        IReadOnlyList<WeightedDestination> route = node.GetList("route", WeightedDestination.Decode);
        // The weight of an only destination is ignored (istio.md §1.3).
        if (route.Count == 1)
            route = [route[0] with { Weight = 1 }];
        return new HttpRule
        {
            Name = name,
            Matches = node.GetList("match", HttpMatch.Decode),
            Action = node.Get("redirect") is MappingNode ? HttpAction.Redirect
                : node.Get("directResponse") is MappingNode ? HttpAction.DirectResponse
                : node.Get("delegate") is MappingNode ? HttpAction.Delegate
                : HttpAction.Route,
            Route = route,
            Redirect = HttpRedirect.Decode(node["redirect"]),
            DirectResponse = HttpDirectResponse.Decode(node["directResponse"]),
            Delegate = DelegateReference.Decode(node["delegate"]),
            Rewrite = HttpRewrite.Decode(node["rewrite"]),
            Timeout = node.GetDuration("timeout"),
            Retries = HttpRetries.Decode(node["retries"]),
            Fault = HttpFault.Decode(node["fault"]),
            Mirrors = HttpMirror.DecodeAll(node),
            HasMirrorList = node["mirrors"] is SequenceNode,
            Cors = HttpCors.Decode(node["corsPolicy"]),
            Headers = MessageHeaders.Decode(node["headers"]),
            Limits = AnnotatedLimits.Read(annotations, name),
        };
    }
}

/// <summary>Names a VirtualService. <paramref name="Namespace"/> is null for the one it is named in.</summary>
public sealed record DelegateReference(string Name, string? Namespace)
{
    internal static DelegateReference? Decode(Node? node) => node is not MappingNode
        ? null
        : new DelegateReference(node.GetText("name") ?? "", node.GetText("namespace") is { Length: > 0 } given ? given : null);
}
