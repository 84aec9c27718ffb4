using Tulle.Model.Resources;

namespace Tulle.Model.Analysis;

/// <summary>What is wrong with a DestinationRule among the other objects.</summary>
internal static class DestinationRuleAnalysis
{
    public static void Analyze(MeshIndex index, DestinationRule subject, FindingSink sink)
    {
        CheckUsedSubsets(index, subject, sink);
        CheckPortSettings(index, subject, sink);
        if (index.Resolve(subject.Host, subject.Meta.Namespace) is not { } target)
            return;
        if (index.Service(target.Namespace, target.Name) is not { } service)
        {
            sink.Warn("spec.host", $"there is no service {target.Name} in namespace {target.Namespace}", index.RemedyFor(target), "HostNotFound");
            return;
        }
        for (int i = 0; i < subject.Subsets.Count; i++)
            CheckPods(index, service, subject.Subsets[i], $"spec.subsets[{i}]", sink);
    }

    private static void CheckPortSettings(MeshIndex index, DestinationRule subject, FindingSink sink)
    {
        if (subject.Policy is not { Ports.Count: > 0 } policy || index.Resolve(subject.Host, subject.Meta.Namespace) is not { } target
            || index.Service(target.Namespace, target.Name) is not { } service)
            return;
        foreach (int port in policy.Ports.Keys.Where(port => service.Ports.All(known => known.Port != port)))
            sink.Warn("spec.trafficPolicy.portLevelSettings", $"service {service.Meta} has no port {port}, so the settings for it have no effect",
                $"write one of its ports: {string.Join(", ", service.Ports.Select(known => known.Port))}", "PortNotFound");
    }

    private static void CheckPods(MeshIndex index, Service service, Subset subset, string field, FindingSink sink)
    {
        if (service.Selector.Count == 0)
            return;
        Pod[] pods = [.. index.Pods(service.Meta.Namespace).Where(pod => MeshIndex.Selects(service.Selector, pod))];
        // A service without pods is no fault of the subset.
        if (pods.Length == 0 || pods.Any(pod => MeshIndex.Selects(subset.Labels, pod)))
            return;
        string labels = string.Join(", ", subset.Labels.Select(label => $"{label.Key}={label.Value}"));
        sink.Warn($"{field}.labels", $"no pod of service {service.Meta} has the labels {labels} of subset {subset.Name}, so requests sent there fail with 503",
            Remedy(subset, pods), "SubsetWithoutPods");
    }

    private static string Remedy(Subset subset, Pod[] pods)
    {
        foreach (string key in subset.Labels.Keys)
        {
            string[] values = [.. pods.Select(pod => pod.Meta.Labels.GetValueOrDefault(key)).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            if (values.Length == 0)
                return $"label the pods with {key}: none of them has it";
            if (!values.Contains(subset.Labels[key]))
                return $"label some pods {key}={subset.Labels[key]}, or write one of the values they have: {string.Join(", ", values)}";
        }
        return "label some pods with all of them";
    }

    // A rule that loses a subset breaks the routes to it, and nothing is said about those unless it is here.
    private static void CheckUsedSubsets(MeshIndex index, DestinationRule subject, FindingSink sink)
    {
        string canonical = index.Canonical(subject.Host, subject.Meta.Namespace);
        HashSet<string> defined = [.. index.RulesFor(canonical).SelectMany(rule => rule.Subsets).Select(subset => subset.Name)];
        var missing = new HashSet<string>(StringComparer.Ordinal);
        foreach (VirtualService user in index.Snapshot.VirtualServices)
        {
            foreach (Destination target in user.Destinations)
            {
                string name = target.Subset;
                if (name.Length > 0 && !defined.Contains(name) && index.Canonical(target.Host, user.Meta.Namespace) == canonical && missing.Add(name))
                    sink.Warn("spec.subsets", $"VirtualService {user.Meta} routes to subset {name}, which is not defined, so requests sent there fail with 503",
                        $"add subset {name}, or change the route first", "SubsetNotFound");
            }
        }
    }
}
