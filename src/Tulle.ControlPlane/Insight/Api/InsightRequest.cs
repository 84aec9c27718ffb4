using Microsoft.AspNetCore.Http;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary>A question: <c>/apis/insight.tulle.dev/v1[/namespaces/{ns}]/{list}[/{kind}[/{name}]]</c> and its parameters.</summary>
/// <param name="Context">What it came with, and where the answer goes.</param>
/// <param name="List">The handler's name.</param>
/// <param name="Namespace">Null for all.</param>
/// <param name="Kind">As written; null when the path ends before it.</param>
/// <param name="ObjectName">Null for all of the kind.</param>
internal sealed record InsightRequest(HttpContext Context, string List, string? Namespace, string? Kind, string? ObjectName)
{
    /// <summary>Seconds.</summary>
    private const int DefaultWindow = 30;

    /// <summary>Null when the path has another form.</summary>
    public static InsightRequest? Of(HttpContext context, string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is not ["apis", _, "v1", ..]) return null;
        (string? ns, string[] rest) = parts is [_, _, _, "namespaces", var of, ..] ? (of, parts[5..]) : (null, parts[3..]);
        return rest switch
        {
            [var list] => new InsightRequest(context, list, ns, null, null),
            [var list, var kind] => new InsightRequest(context, list, ns, kind, null),
            [var list, var kind, var name] => new InsightRequest(context, list, ns, kind, name),
            _ => null,
        };
    }

    /// <summary>What the path points at; null when it names no kind.</summary>
    public Selection? Target => Kind is null ? null : Selection.Of(Kind, Namespace, ObjectName);

    public Selection? To => Peer("to");

    public Selection? From => Peer("from");

    public string Parameter(string name) => Context.Request.Query[name].ToString();

    /// <exception cref="InsightException">The path names no kind.</exception>
    public Selection RequireTarget() => Target
        ?? throw InsightException.NotFound($"{List} of what? Name deployments, pods, services or namespaces: …/{List}/deployments");

    /// <summary>How far back, in seconds.</summary>
    /// <param name="longest">Most seconds that can be answered.</param>
    public int Window(int longest)
    {
        string text = Parameter("window");
        if (text.Length == 0) return DefaultWindow;
        if (Durations.Seconds(text) is not { } seconds || seconds > longest)
            throw InsightException.BadRequest($"window \"{text}\" is not between 1s and {(longest > SeriesHistory.MaxAge ? "7d" : "10m")}; write it like 30s, 5m or 1h");
        if (seconds > SeriesHistory.MaxAge) RefusePods();
        return seconds;
    }

    /// <summary>History is kept of everything but single pods.</summary>
    public void RefusePods()
    {
        foreach (Selection? selection in (ReadOnlySpan<Selection?>)[Target, To, From])
        {
            if (selection is { Kind: TargetKind.Pod })
                throw InsightException.BadRequest("single pods are remembered for 10m; ask for their deployment instead");
        }
    }

    private Selection? Peer(string name)
    {
        string text = Parameter(name);
        if (text.Length == 0) return null;
        string ns = Parameter($"{name}Namespace");
        return Selection.Parse(text, ns.Length > 0 ? ns : Target?.Namespace ?? Namespace);
    }
}
