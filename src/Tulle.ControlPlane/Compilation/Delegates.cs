using System.Globalization;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Compilation;

/// <summary>A rule, what it is called, and the namespace in which its short host names are meant.</summary>
internal readonly record struct NamedRule(string Name, string Namespace, HttpRule Rule);

/// <summary>Puts the rules of delegates in the place of the rules that name them (istio.md §1.3). Delegates do not delegate further.</summary>
internal static class Delegates
{
    public static IEnumerable<NamedRule> Rules(MeshSnapshot snapshot, VirtualService root)
    {
        for (int i = 0; i < root.Http.Count; i++)
        {
            HttpRule rule = root.Http[i];
            string name = Name(rule, i);
            if (rule.Action != HttpAction.Delegate)
            {
                yield return new NamedRule(name, root.Meta.Namespace, rule);
                continue;
            }
            // A delegate that is missing takes its rule with it: requests go on to the next ones.
            if (Find(snapshot, root, rule.Delegate!) is not { } target) continue;
            for (int j = 0; j < target.Http.Count; j++)
            {
                HttpRule inner = target.Http[j];
                if (inner.Action != HttpAction.Delegate && Merge(rule, inner) is { } merged)
                    yield return new NamedRule($"{name}-{Name(inner, j)}", target.Meta.Namespace, merged);
            }
        }
    }

    /// <summary>The delegate that a reference names; null when there is none.</summary>
    public static VirtualService? Find(MeshSnapshot snapshot, VirtualService root, DelegateReference reference)
    {
        string space = reference.Namespace ?? root.Meta.Namespace;
        return snapshot.VirtualServices.FirstOrDefault(candidate => candidate.Meta.Name == reference.Name && candidate.Meta.Namespace == space
            && candidate.Hosts.Count == 0 && HostNames.IsExported(candidate.ExportTo, space, root.Meta.Namespace));
    }

    /// <summary>What a rule is called: its name, or its place.</summary>
    public static string Name(HttpRule rule, int index) => rule.Name.Length > 0 ? rule.Name : index.ToString(CultureInfo.InvariantCulture);

    /// <summary>The inner rule under the conditions of the outer one, with its settings where it has none; null when no request could match both.</summary>
    private static HttpRule? Merge(HttpRule outer, HttpRule inner)
    {
        IReadOnlyList<HttpMatch> matches = outer.Matches.Count == 0 ? inner.Matches
            : inner.Matches.Count == 0 ? outer.Matches
            : [.. outer.Matches.SelectMany(_ => inner.Matches, MatchConjunction.Of).OfType<HttpMatch>()];
        if (matches.Count == 0 && outer.Matches.Count + inner.Matches.Count > 0) return null;
        return inner with
        {
            Matches = matches,
            Rewrite = inner.Rewrite ?? outer.Rewrite,
            Timeout = inner.Timeout ?? outer.Timeout,
            Retries = inner.Retries ?? outer.Retries,
            Limits = inner.Limits ?? outer.Limits,
            Fault = inner.Fault ?? outer.Fault,
            Mirrors = inner.Mirrors.Count > 0 ? inner.Mirrors : outer.Mirrors,
            Cors = inner.Cors ?? outer.Cors,
            Headers = inner.Headers.IsEmpty ? outer.Headers : inner.Headers,
        };
    }
}
