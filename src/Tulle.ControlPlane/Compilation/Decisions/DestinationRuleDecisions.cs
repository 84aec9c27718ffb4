using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Compilation.Decisions;

/// <summary>Why some DestinationRules hold for a client and a service, and others do not.</summary>
internal static class DestinationRuleDecisions
{
    public static IEnumerable<Decision> Of(MeshSnapshot snapshot, Client client, ObjectKey service)
    {
        ClientRules rules = ClientRules.For(snapshot, client, service);
        string host = HostNames.Qualified(service, snapshot.Settings.ClusterDomain);
        foreach (DestinationRule candidate in snapshot.DestinationRules.Values.SelectMany(group => group))
        {
            int specificity = ClientRules.Specificity(snapshot, candidate, host);
            if (specificity < 0) continue;
            var name = ObjectReference.Of("DestinationRule", candidate.Meta);
            yield return rules.Rules.Contains(candidate)
                ? new Decision(name, null, true, WhyApplied(rules, candidate, service))
                : new Decision(name, null, false, WhyNot(snapshot, client, service, rules, candidate, specificity, host));
        }
    }

    private static string WhyApplied(ClientRules rules, DestinationRule rule, ObjectKey service)
    {
        string holds = $"its host is {service.Name}.{service.Namespace}, and it is the most exact of the first namespace that has any";
        DestinationRule? policy = rules.Rules.FirstOrDefault(candidate => candidate.Policy is not null);
        return rule.Policy is null || ReferenceEquals(policy, rule) ? holds : $"{holds}; its subsets are added, but the traffic policy is that of DestinationRule {policy!.Meta}";
    }

    private static string WhyNot(
        MeshSnapshot snapshot, Client client, ObjectKey service, ClientRules rules, DestinationRule rule, int specificity, string host)
    {
        string space = rule.Meta.Namespace;
        if (!ClientRules.Scopes(snapshot, client, service).Contains(space)) return $"it is neither in the client's namespace, {client.Namespace}, nor in the service's, {service.Namespace}, nor in a root namespace";
        if (ClientRules.Excluded(rule, space, client) is { } field) return $"{field} leaves the client out";
        DestinationRule winner = rules.Rules[0];
        if (winner.Meta.Namespace != space) return $"namespace {winner.Meta.Namespace} has rules for {service.Name}.{service.Namespace} and comes first";
        return specificity < ClientRules.Specificity(snapshot, winner, host) ? $"DestinationRule {winner.Meta} has a more exact host" : $"DestinationRule {winner.Meta} comes first";
    }
}
