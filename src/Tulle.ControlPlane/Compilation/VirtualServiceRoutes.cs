using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Routes that a VirtualService makes.</summary>
internal static class VirtualServiceRoutes
{
    /// <summary>What Envoy answers when no route matches.</summary>
    private const uint NotFound = 404;

    /// <summary>The VirtualService for a host: the most specific pattern wins, then the oldest object, and it wins whole.</summary>
    /// <param name="snapshot">The mesh.</param>
    /// <param name="client">Who asks; the object must be exported to its namespace.</param>
    /// <param name="host">Fully qualified name of the service, or the host as it is when it names none.</param>
    /// <param name="written">The host as the client wrote it.</param>
    public static VirtualService? Find(MeshSnapshot snapshot, Client client, string host, string written)
    {
        VirtualService? best = null;
        int bestSpecificity = -1;
        foreach (VirtualService candidate in snapshot.VirtualServices)
        {
            if (!HostNames.IsExported(candidate.ExportTo, candidate.Meta.Namespace, client.Namespace)) continue;
            int specificity = Specificity(snapshot, candidate, host, written);
            if (specificity > bestSpecificity) (best, bestSpecificity) = (candidate, specificity);
        }
        return best;
    }

    /// <summary>How exactly its hosts name a host, as <see cref="HostNames.Specificity"/>; -1 when none of them does.</summary>
    public static int Specificity(MeshSnapshot snapshot, VirtualService candidate, string host, string written)
    {
        int best = -1;
        foreach (string pattern in candidate.Hosts)
        {
            string absolute = HostNames.InRule(pattern, candidate.Meta.Namespace, snapshot.Settings.ClusterDomain);
            best = Math.Max(best, absolute == written ? int.MaxValue : HostNames.Specificity(absolute, host));
        }
        return best;
    }

    /// <summary>Its routes; empty when it has no rule for HTTP, and so says nothing about the host.</summary>
    public static List<Route> Compile(MeshSnapshot snapshot, Client client, VirtualService source, int requestPort, Backends backends)
    {
        var routes = new List<Route>();
        string name = $"VirtualService/{source.Meta.Namespace}/{source.Meta.Name}";
        bool any = false;
        foreach (NamedRule named in Delegates.Rules(snapshot, source))
        {
            HttpRule rule = named.Rule;
            if (rule.Action == HttpAction.Route && rule.Route.Count == 0) continue;
            any = true;
            HttpMatch[] matches = [.. rule.Matches.Where(match => Excluded(match, client, requestPort) is null)];
            if (matches.Length == 0 && rule.Matches.Count > 0) continue;

            foreach ((string prefix, IReadOnlyList<HttpMatch> alternatives) in ByPrefix(rule, matches))
            {
                var route = new Route { Name = $"{name}#{named.Name}", Condition = Conditions.Any(alternatives.Select(Conditions.Of)) };
                VirtualServiceSettings.Apply(route, rule, prefix);
                if (rule.Action == HttpAction.Route) Lead(route, rule, target => Target(snapshot, named.Namespace, target, requestPort, backends), backends);
                routes.Add(route);
                if (route.Condition is null) return routes;
            }
        }
        // No rule takes the rest: Istio answers such requests itself instead of sending them on, and so do we.
        if (any) routes.Add(new Route { Name = $"{name}#unmatched", UnmatchedStatus = NotFound });
        return routes;
    }

    /// <summary>Sets where a route leads, and what holds on the way.</summary>
    private static void Lead(Route route, HttpRule rule, Func<Model.Resources.Destination, string> backendOf, Backends backends)
    {
        foreach (WeightedDestination target in rule.Route)
        {
            route.Backends.Add(new WeightedBackend
            {
                Backend = backendOf(target.Destination),
                Weight = target.Weight,
                RequestHeaders = VirtualServiceSettings.Requests(target.Headers.Request, rule.Rewrite),
                ResponseHeaders = VirtualServiceSettings.Responses(target.Headers.Response),
            });
        }
        foreach (HttpMirror mirror in rule.Mirrors.Where(mirror => mirror.Share > 0))
            route.Mirrors.Add(new Mirror { Backend = backendOf(mirror.Destination), Ppm = mirror.Share });
        route.Retries = VirtualServiceRetries.Of(rule.Retries);
        // With a hash, another endpoint is the wrong one; Istio drops the preference too (istio.md §1.4).
        if (route.Retries.Limit > 0 && route.Backends.Any(target => backends.Hashes(target.Backend))) route.Retries.SameEndpoint = true;
    }

    /// <summary>The matches by the prefix of the path that they ask for, where the rule replaces it; else all together.</summary>
    private static IEnumerable<(string Prefix, IReadOnlyList<HttpMatch> Matches)> ByPrefix(HttpRule rule, IReadOnlyList<HttpMatch> matches)
    {
        if (!VirtualServiceSettings.NeedsPrefix(rule)) return [("", matches)];
        // Without a match every path has the prefix "/", which is how Envoy sees it too.
        if (matches.Count == 0) return [("/", matches)];
        return matches.GroupBy(PrefixOf).Select(group => (group.Key, (IReadOnlyList<HttpMatch>)[.. group]));
    }

    private static string PrefixOf(HttpMatch match) => match.Uri switch
    {
        null => "/",
        { Kind: StringMatchKind.Prefix } prefix => prefix.Value,
        _ => "",
    };

    /// <summary>The backend of a destination, whose short name is meant in the rule's namespace.</summary>
    public static string Target(MeshSnapshot snapshot, string ruleNamespace, Model.Resources.Destination target, int requestPort, Backends backends)
    {
        string host = target.Host.TrimEnd('.').ToLowerInvariant();
        return HostNames.Service(host, ruleNamespace, snapshot.Settings.ClusterDomain) is { } service
            ? backends.Add(service, target.Port, requestPort, target.Subset)
            : backends.AddUnknown(host, target.Port ?? requestPort);
    }

    /// <summary>The field of a match that leaves a client or port out; null when it holds. These are decided here rather than per request.</summary>
    public static string? Excluded(HttpMatch match, Client client, int requestPort)
    {
        if (match.Port is { } port && port != requestPort) return "port";
        if (match.SourceNamespace is { } space && space != client.Namespace) return "sourceNamespace";
        if (match.Gateways.Count > 0 && !match.Gateways.Contains("mesh")) return "gateways";
        return MtlsModes.Selects(match.SourceLabels, client.Labels) ? null : "sourceLabels";
    }
}
