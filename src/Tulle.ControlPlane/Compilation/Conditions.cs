using Tulle.Model.Resources;
using Tulle.Protocol;
using StringMatch = Tulle.Protocol.StringMatch;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Compiles the matches of every dialect to the one form that proxies know.</summary>
internal static class Conditions
{
    /// <summary>The condition of a match of a VirtualService; null when it matches everything.</summary>
    public static Condition? Of(HttpMatch match)
    {
        var all = new List<Condition>();
        // Ignoring case has no meaning for regular expressions, which say themselves (istio.md: exact and prefix only).
        if (match.Uri is { } uri) all.Add(new Condition { Path = Of(uri, match.IgnoreUriCase && uri.Kind is StringMatchKind.Exact or StringMatchKind.Prefix) });
        if (match.Method is { } method) all.Add(new Condition { Method = Of(method) });
        if (match.Authority is { } authority) all.Add(new Condition { Authority = Of(authority) });
        if (match.Scheme is { } scheme) all.Add(new Condition { Scheme = Of(scheme) });
        foreach ((string name, Model.Resources.StringMatch value) in Ordered(match.Headers)) all.Add(new Condition { Header = Named(name, value) });
        foreach ((string name, Model.Resources.StringMatch value) in Ordered(match.QueryParams)) all.Add(new Condition { Query = Named(name, value) });
        foreach ((string name, Model.Resources.StringMatch value) in Ordered(match.WithoutHeaders))
            all.Add(new Condition { Not = new Condition { Header = Named(name, value) } });
        return All(all);
    }

    /// <summary>The condition of a route of a ServiceProfile; null when it says nothing.</summary>
    public static Condition? Of(RequestCondition condition)
    {
        var all = new List<Condition>();
        if (condition.Method is { } method) all.Add(new Condition { Method = new StringMatch { Exact = method } });
        if (condition.PathRegex is { } regex) all.Add(new Condition { Path = new StringMatch { Regex = regex } });
        all.AddRange(condition.All.Select(Of).OfType<Condition>());
        if (condition.Any.Count > 0 && Any(condition.Any.Select(Of)) is { } any) all.Add(any);
        if (condition.Not is { } not && Of(not) is { } inner) all.Add(new Condition { Not = inner });
        return All(all);
    }

    /// <summary>One of the conditions; null, which matches everything, when one of them does or there is none.</summary>
    public static Condition? Any(IEnumerable<Condition?> conditions)
    {
        var any = new ConditionList();
        foreach (Condition? condition in conditions)
        {
            if (condition is null) return null;
            any.Conditions.Add(condition);
        }
        return any.Conditions.Count switch
        {
            0 => null,
            1 => any.Conditions[0],
            _ => new Condition { Any = any },
        };
    }

    private static Condition? All(List<Condition> conditions)
    {
        if (conditions.Count <= 1) return conditions.FirstOrDefault();
        var all = new ConditionList();
        all.Conditions.AddRange(conditions);
        return new Condition { All = all };
    }

    /// <summary>A map has no order; the compiled form must not change from one run to the next.</summary>
    private static IEnumerable<KeyValuePair<string, Model.Resources.StringMatch>> Ordered(IReadOnlyDictionary<string, Model.Resources.StringMatch> matches) =>
        matches.OrderBy(match => match.Key, StringComparer.Ordinal);

    private static HeaderMatch Named(string name, Model.Resources.StringMatch value) => new() { Name = name, Value = Of(value) };

    /// <summary>A match of a string.</summary>
    public static StringMatch Of(Model.Resources.StringMatch match, bool ignoreCase = false)
    {
        var compiled = new StringMatch { IgnoreCase = ignoreCase };
        switch (match.Kind)
        {
            case StringMatchKind.Exact:
                compiled.Exact = match.Value;
                break;
            case StringMatchKind.Prefix:
                compiled.Prefix = match.Value;
                break;
            case StringMatchKind.Regex:
                compiled.Regex = match.Value;
                break;
            default:
                compiled.Present = true;
                break;
        }
        return compiled;
    }
}
