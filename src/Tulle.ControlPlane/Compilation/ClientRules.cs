using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Compilation;

/// <summary>
/// The DestinationRules that hold for a client and a service: those of the client's namespace, else of the service's, else of
/// the root. The first of them that has a rule for the service decides; within it the most specific host. Rules of one host
/// join their subsets, and the first that has a traffic policy gives it, rules that select the client before the others.
/// </summary>
internal sealed class ClientRules
{
    private readonly List<DestinationRule> _rules;

    private ClientRules(List<DestinationRule> rules) => _rules = rules;

    public static ClientRules For(MeshSnapshot snapshot, Client client, ObjectKey service)
    {
        string host = HostNames.Qualified(service, snapshot.Settings.ClusterDomain);
        foreach (string scope in Scopes(snapshot, client, service))
        {
            List<DestinationRule> rules = InScope(snapshot, scope, host, client);
            if (rules.Count > 0) return new ClientRules(rules);
        }
        return new ClientRules([]);
    }

    /// <summary>Those that hold, the one that gives the policy before others of its kind.</summary>
    public IReadOnlyList<DestinationRule> Rules => _rules;

    /// <summary>Every subset, in the order in which one of a name is found.</summary>
    public IEnumerable<Subset> Subsets => _rules.SelectMany(rule => rule.Subsets);

    /// <summary>A subset; null when there is none of that name.</summary>
    public Subset? Subset(string name) => Subsets.FirstOrDefault(candidate => candidate.Name == name);

    /// <summary>The policy for a port of the service, or of a subset of it, whose blocks override those of the service.</summary>
    public TrafficPolicy Policy(int port, string subset)
    {
        TrafficPolicy whole = (_rules.Select(rule => rule.Policy).FirstOrDefault(policy => policy is not null) ?? TrafficPolicy.None).ForPort(port);
        TrafficPolicy? narrow = subset.Length > 0 ? Subset(subset)?.Policy : null;
        return narrow is null ? whole : narrow.ForPort(port).Over(whole);
    }

    /// <summary>The namespaces that may have a rule, in the order in which they are asked.</summary>
    public static IEnumerable<string> Scopes(MeshSnapshot snapshot, Client client, ObjectKey service) =>
        new[] { client.Namespace, service.Namespace }.Concat(snapshot.Settings.RootNamespaces).Distinct();

    /// <summary>How exactly a rule's host names a host, as <see cref="HostNames.Specificity"/>.</summary>
    public static int Specificity(MeshSnapshot snapshot, DestinationRule rule, string host) =>
        HostNames.Specificity(HostNames.InRule(rule.Host, rule.Meta.Namespace, snapshot.Settings.ClusterDomain), host);

    /// <summary>The field of a rule that leaves a client out; null when none does.</summary>
    public static string? Excluded(DestinationRule rule, string scope, Client client)
    {
        if (scope != client.Namespace && !HostNames.IsExported(rule.ExportTo, scope, client.Namespace)) return "spec.exportTo";
        return rule.ClientSelector is { } selector && (scope != client.Namespace || !MtlsModes.Selects(selector, client.Labels)) ? "spec.workloadSelector" : null;
    }

    private static List<DestinationRule> InScope(MeshSnapshot snapshot, string scope, string host, Client client)
    {
        var best = new List<DestinationRule>();
        int bestSpecificity = 0;
        foreach (DestinationRule rule in snapshot.DestinationRules.GetValueOrDefault(scope) ?? [])
        {
            if (Excluded(rule, scope, client) is not null) continue;
            int specificity = Specificity(snapshot, rule, host);
            if (specificity < bestSpecificity || specificity < 0) continue;
            if (specificity > bestSpecificity) best.Clear();
            bestSpecificity = specificity;
            best.Add(rule);
        }
        return [.. best.OrderBy(rule => rule.ClientSelector is null)];
    }
}
