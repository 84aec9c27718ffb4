using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation.Decisions;

/// <summary>Why one VirtualService routes a host, and why others do not.</summary>
internal static class VirtualServiceDecisions
{
    private const string Kind = "VirtualService";

    /// <param name="snapshot">The mesh.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="host">Fully qualified name of the service.</param>
    /// <param name="port">The port that the client asks for.</param>
    /// <param name="routes">What was compiled for it.</param>
    public static IEnumerable<Decision> Of(MeshSnapshot snapshot, Client client, string host, int port, IReadOnlyList<Route> routes)
    {
        VirtualService? winner = VirtualServiceRoutes.Find(snapshot, client, host, host);
        int best = winner is null ? -1 : VirtualServiceRoutes.Specificity(snapshot, winner, host, host);
        foreach (VirtualService candidate in snapshot.VirtualServices)
        {
            int specificity = VirtualServiceRoutes.Specificity(snapshot, candidate, host, host);
            if (specificity < 0) continue;
            var name = ObjectReference.Of(Kind, candidate.Meta);
            if (ReferenceEquals(candidate, winner))
            {
                foreach (Decision decision in OfWinner(snapshot, client, candidate, port, routes)) yield return decision;
            }
            else if (!HostNames.IsExported(candidate.ExportTo, candidate.Meta.Namespace, client.Namespace))
                yield return new Decision(name, null, false, $"spec.exportTo does not name namespace {client.Namespace}, where the client is");
            else if (specificity < best)
                yield return new Decision(name, null, false, $"VirtualService {winner!.Meta} has a host that names the service more exactly, and one alone decides");
            else
                yield return new Decision(name, null, false, $"VirtualService {winner!.Meta} has the same host and is older, and one alone decides");
        }
        foreach (VirtualService candidate in snapshot.GatewayVirtualServices)
        {
            if (VirtualServiceRoutes.Specificity(snapshot, candidate, host, host) >= 0)
                yield return new Decision(ObjectReference.Of(Kind, candidate.Meta), null, false, $"it is for requests through {string.Join(", ", candidate.Gateways)}: spec.gateways does not name mesh");
        }
    }

    private static IEnumerable<Decision> OfWinner(MeshSnapshot snapshot, Client client, VirtualService winner, int port, IReadOnlyList<Route> routes)
    {
        var name = ObjectReference.Of(Kind, winner.Meta);
        string prefix = $"{Kind}/{winner.Meta.Namespace}/{winner.Meta.Name}#";
        if (!routes.Any(route => route.Name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            yield return new Decision(name, null, winner.Tls.Count + winner.Tcp.Count > 0, winner.Tls.Count + winner.Tcp.Count > 0
                ? "the service is a host of it, but its rules are for connections that are not HTTP; requests are routed by what comes next"
                : "the service is a host of it, but it has no rule that leads anywhere");
            yield break;
        }
        yield return new Decision(name, null, true, "the service is a host of it, and no VirtualService names it more exactly or is older");
        for (int i = 0; i < winner.Http.Count; i++)
        {
            if (winner.Http[i] is { Action: HttpAction.Delegate, Delegate: { } reference } rule)
                yield return OfDelegate(snapshot, winner, Delegates.Name(rule, i), reference);
        }
        string? last = null;
        foreach (NamedRule named in Delegates.Rules(snapshot, winner))
        {
            if (routes.FirstOrDefault(route => route.Name == prefix + named.Name) is { } route)
            {
                if (route.Condition is null) last = named.Name;
                continue;
            }
            yield return new Decision(name, named.Name, false, WhyWithoutRoute(named.Rule, client, port, last));
        }
    }

    private static Decision OfDelegate(MeshSnapshot snapshot, VirtualService root, string rule, DelegateReference reference) =>
        Delegates.Find(snapshot, root, reference) is { } target
            ? new Decision(ObjectReference.Of(Kind, target.Meta), null, true, $"rule {rule} of VirtualService {root.Meta} delegates to it")
            : new Decision(ObjectReference.Of(Kind, root.Meta), rule, false, $"it delegates to {reference.Namespace ?? root.Meta.Namespace}/{reference.Name}, which is not there, has hosts of its own or is not exported here; requests go on to the next rule");

    private static string WhyWithoutRoute(HttpRule rule, Client client, int port, string? last)
    {
        if (rule.Action == HttpAction.Route && rule.Route.Count == 0) return "it names no destination";
        string[] fields = [.. rule.Matches.Select(match => VirtualServiceRoutes.Excluded(match, client, port)).OfType<string>().Distinct()];
        if (rule.Matches.Count > 0 && rule.Matches.All(match => VirtualServiceRoutes.Excluded(match, client, port) is not null))
            return $"its matches are for other clients or ports, by {string.Join(" and ", fields)}";
        return last is null ? "it is never reached" : $"it is never reached: rule {last} before it takes every request";
    }
}
