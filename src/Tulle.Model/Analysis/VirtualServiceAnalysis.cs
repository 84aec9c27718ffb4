using Tulle.Model.Resources;

namespace Tulle.Model.Analysis;

/// <summary>What is wrong with a VirtualService among the other objects.</summary>
internal static class VirtualServiceAnalysis
{
    public static void Analyze(MeshIndex index, VirtualService subject, FindingSink sink)
    {
        for (int i = 0; i < subject.Hosts.Count; i++)
        {
            CheckHost(index, subject, subject.Hosts[i], $"spec.hosts[{i}]", sink);
            CheckOverlap(index, subject, subject.Hosts[i], $"spec.hosts[{i}]", sink);
        }
        for (int i = 0; i < subject.Http.Count; i++)
        {
            HttpRule rule = subject.Http[i];
            for (int j = 0; j < rule.Route.Count; j++)
                CheckDestination(index, subject, rule.Route[j].Destination, $"spec.http[{i}].route[{j}].destination", "requests sent there fail with 503", sink);
            for (int j = 0; j < rule.Mirrors.Count; j++)
                CheckDestination(index, subject, rule.Mirrors[j].Destination, rule.MirrorField(i, j), "no copy of a request arrives", sink);
            if (rule.Delegate is { } reference)
                CheckDelegate(index, subject, reference, $"spec.http[{i}].delegate", sink);
        }
        CheckConnectionRules(index, subject, "tls", subject.Tls, sink);
        CheckConnectionRules(index, subject, "tcp", subject.Tcp, sink);
        CheckIsUsed(index, subject, sink);
    }

    private static void CheckConnectionRules(MeshIndex index, VirtualService subject, string list, IReadOnlyList<ConnectionRule> rules, FindingSink sink)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            for (int j = 0; j < rules[i].Route.Count; j++)
                CheckDestination(index, subject, rules[i].Route[j].Destination, $"spec.{list}[{i}].route[{j}].destination", "connections sent there are refused", sink);
        }
    }

    private static void CheckDelegate(MeshIndex index, VirtualService subject, DelegateReference reference, string field, FindingSink sink)
    {
        string space = reference.Namespace ?? subject.Meta.Namespace;
        VirtualService? target = index.Snapshot.VirtualServices.FirstOrDefault(other => other.Meta.Name == reference.Name && other.Meta.Namespace == space);
        if (target is null)
            sink.Warn($"{field}.name", $"there is no VirtualService {reference.Name} in namespace {space}, so the rule has no effect and requests go on to the next",
                "create the VirtualService or correct the name", "DelegateNotFound");
        else if (target.Hosts.Count > 0)
            sink.Warn($"{field}.name", $"VirtualService {target.Meta} has hosts of its own and is no delegate, so the rule has no effect",
                "remove its hosts, or move its rules to another VirtualService", "DelegateNotFound");
    }

    // One without hosts says something only through those that delegate to it.
    private static void CheckIsUsed(MeshIndex index, VirtualService subject, FindingSink sink)
    {
        if (subject.Hosts.Count > 0 || index.Snapshot.VirtualServices.Any(other => other.Http.Any(rule => rule.Delegate is { } reference
            && reference.Name == subject.Meta.Name && (reference.Namespace ?? other.Meta.Namespace) == subject.Meta.Namespace)))
            return;
        sink.Warn("spec.hosts", "without hosts it is a delegate, and no VirtualService delegates to it, so it has no effect",
            "add hosts, or name it as the delegate of another VirtualService", "DelegateUnused");
    }

    private static void CheckHost(MeshIndex index, VirtualService subject, string host, string field, FindingSink sink)
    {
        if (subject.AppliesToMesh && index.Resolve(host, subject.Meta.Namespace) is { } service && index.Service(service.Namespace, service.Name) is null)
            sink.Warn(field, $"there is no service {service.Name} in namespace {service.Namespace}, so no request is routed by this host",
                index.RemedyFor(service), "HostNotFound");
    }

    private static void CheckOverlap(MeshIndex index, VirtualService subject, string host, string field, FindingSink sink)
    {
        if (!subject.AppliesToMesh)
            return;
        string canonical = index.Canonical(host, subject.Meta.Namespace);
        VirtualService[] rivals = [.. index.VirtualServicesFor(canonical).Where(other => !Same(other.Meta, subject.Meta))];
        if (rivals.Length == 0)
            return;
        // istio.md §1.3: the oldest wins whole.
        ObjectMeta winner = rivals.Select(rival => rival.Meta).Append(subject.Meta).Order(Comparer<ObjectMeta>.Create(ObjectMeta.CompareAge)).First();
        string others = string.Join(", ", rivals.Select(rival => rival.Meta.ToString()));
        string outcome = Same(winner, subject.Meta) ? "this one is the oldest and decides alone" : $"the oldest, {winner}, decides alone and this one has no effect";
        sink.Warn(field, $"{host} is also a host of VirtualService {others}; {outcome}", "put the rules of one host into one VirtualService", "HostConflict");
    }

    private static void CheckDestination(MeshIndex index, VirtualService subject, Destination destination, string field, string outcome, FindingSink sink)
    {
        string space = subject.Meta.Namespace;
        if (index.Resolve(destination.Host, space) is { } target)
        {
            if (index.Service(target.Namespace, target.Name) is not { } service)
            {
                sink.Warn($"{field}.host", $"there is no service {target.Name} in namespace {target.Namespace}, so {outcome}",
                    index.RemedyFor(target), "HostNotFound");
                return;
            }
            CheckPort(service, destination, field, outcome, sink);
        }
        if (destination.Subset.Length > 0)
            CheckSubset(index, destination, index.Canonical(destination.Host, space), field, outcome, sink);
    }

    private static void CheckPort(Service service, Destination destination, string field, string outcome, FindingSink sink)
    {
        if (destination.Port is { } port && service.Ports.All(known => known.Port != port))
            sink.Warn($"{field}.port.number", $"service {service.Meta} has no port {port}, so {outcome}",
                $"write one of its ports: {string.Join(", ", service.Ports.Select(known => known.Port))}", "PortNotFound");
    }

    private static void CheckSubset(MeshIndex index, Destination destination, string canonical, string field, string outcome, FindingSink sink)
    {
        DestinationRule[] rules = [.. index.RulesFor(canonical)];
        if (rules.Any(rule => rule.Subsets.Any(subset => subset.Name == destination.Subset)))
            return;
        string[] known = [.. rules.SelectMany(rule => rule.Subsets).Select(subset => subset.Name).Distinct(StringComparer.Ordinal)];
        string remedy = known.Length > 0
            ? $"add the subset to DestinationRule {rules[0].Meta}, or write one of its subsets: {string.Join(", ", known)}"
            : rules.Length > 0
                ? $"add the subset to DestinationRule {rules[0].Meta}"
                : $"apply a DestinationRule for {destination.Host} that defines the subset";
        sink.Warn($"{field}.subset", $"no DestinationRule defines subset {destination.Subset} of {destination.Host}, so {outcome}",
            remedy, "SubsetNotFound");
    }

    private static bool Same(ObjectMeta a, ObjectMeta b) => a.Namespace == b.Namespace && a.Name == b.Name;
}
