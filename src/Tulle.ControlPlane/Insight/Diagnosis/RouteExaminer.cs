using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Registry;
using Tulle.Protocol;
using Destination = Tulle.Protocol.Destination;
using Service = Tulle.Model.Resources.Service;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Whether the routes in force lead to somewhere, as clients of each namespace see them.</summary>
internal sealed class RouteExaminer : IExaminer
{
    public Examination Examine(Subject subject)
    {
        var findings = new List<Finding>();
        var objects = new SortedSet<string>(StringComparer.Ordinal);
        var routes = new List<(Route Route, string Object)>();
        foreach (string client in subject.ClientNamespaces)
        {
            foreach (Model.Resources.ServicePort port in subject.Service.Ports.Where(port => port.Protocol == "TCP"))
            {
                Destination destination = subject.DestinationOf(client, port.Port);
                routes.AddRange(destination.Routes.Select(route => (route, ObjectOf(route.Name))));
                findings.AddRange(destination.Routes.SelectMany(route => Dead(subject, client, destination, route)));
            }
        }
        objects.UnionWith(routes.Select(pair => pair.Object).Where(name => name.Length > 0));
        findings.AddRange(WrongPorts(subject));
        findings.AddRange(FaultFindings.Of(subject, routes));
        findings.AddRange(Unrouted(subject));
        string text = objects.Count == 0 ? "no rule routes it; requests go to all its endpoints" : $"routed by {Words.List(objects)}";
        return new Examination("configuration", text, [.. AnalysisFindings.With([.. findings.DistinctBy(finding => (finding.Cause, finding.Where, finding.What))], subject.Warnings)]);
    }

    private static IEnumerable<Finding> Dead(Subject subject, string client, Destination destination, Route route)
    {
        foreach (WeightedBackend target in route.Backends.Where(target => target.Weight > 0))
        {
            Backend? backend = destination.Backends.FirstOrDefault(candidate => candidate.Name == target.Backend);
            if (backend is null || backend.Endpoints.Count > 0) continue;
            if (Explain(subject, client, route, backend) is not { } finding) continue;
            ulong refused = subject.Explain(subject.Sent, "no-endpoints", "no-backend");
            yield return refused == 0 ? finding
                : finding with { Evidence = [.. finding.Evidence, $"{Words.Count(refused, "request")} failed with no-endpoints in the last {subject.Window}"] };
        }
    }

    private static Finding? Explain(Subject subject, string client, Route route, Backend backend)
    {
        string where = ObjectOf(route.Name) is { Length: > 0 } name ? name : subject.Name;
        if (backend.Service is not { Name.Length: > 0 } target)
        {
            return new Finding(Causes.UnknownDestination, FindingLevel.Error, where, $"it routes to {backend.Name}, which is no service that the mesh knows",
                "correct destination.host: a short name is looked for in the rule's own namespace, another one needs name.namespace");
        }
        var key = new ObjectKey(target.Namespace, target.Name);
        if (!subject.Snapshot.Services.TryGetValue(key, out Service? service))
        {
            return new Finding(Causes.UnknownDestination, FindingLevel.Error, where, $"it routes to service {key}, which does not exist",
                "correct destination.host, or create the service");
        }
        if (service.Ports.All(port => port.Port != target.Port))
        {
            return new Finding(Causes.WrongPort, FindingLevel.Error, where,
                $"it routes to port {target.Port} of service {key}, which has {Ports(service)}", "correct destination.port.number");
        }
        if (backend.Subset.Length > 0) return ExplainSubset(subject, client, where, key, backend);
        // Without endpoints the service itself is examined for why; another service is worth a word.
        return key == subject.Key ? null : new Finding(Causes.NoEndpoints, FindingLevel.Error, where,
            $"it routes to service {key}, which has no ready endpoints", $"look at that one: tulle diagnose svc/{key.Name} -n {key.Namespace}");
    }

    private static Finding? ExplainSubset(Subject subject, string client, string where, ObjectKey key, Backend backend)
    {
        ClientRules rules = ClientRules.For(subject.Snapshot, Client.In(client), key);
        if (rules.Subset(backend.Subset) is not { } subset)
        {
            string[] known = [.. rules.Subsets.Select(candidate => candidate.Name).Distinct(StringComparer.Ordinal)];
            return new Finding(Causes.MissingSubset, FindingLevel.Error, where,
                $"it routes to subset {backend.Subset} of service {key}, and no DestinationRule defines that subset",
                known.Length > 0 ? $"define it in a DestinationRule for host {key.Name}, or route to one of those that there are: {Words.List(known)}"
                    : $"apply a DestinationRule for host {key.Name} with that subset and the labels of its pods");
        }
        // All of its endpoints may be down, which the pods' own examination says.
        if (subject.Pods.Any(pod => key == subject.Key && !pod.Ready && MtlsModes.Selects(subset.Labels, pod.Meta.Labels))) return null;
        string labels = string.Join(",", subset.Labels.Select(label => $"{label.Key}={label.Value}"));
        return new Finding(Causes.EmptySubset, FindingLevel.Error, where,
            $"it routes to subset {backend.Subset} of service {key}, whose labels ({labels}) no ready endpoint has",
            $"correct the labels of the subset in the DestinationRule, or start pods that have them: kubectl -n {key.Namespace} get pods --show-labels");
    }

    /// <summary>Clients that ask for a port which the service does not have.</summary>
    private static IEnumerable<Finding> WrongPorts(Subject subject)
    {
        foreach ((ProxyId client, SessionReport session) in subject.Sessions)
        {
            foreach (ResourceProgress resource in session.Resources)
            {
                if (!RequestAuthority.TryParse(resource.Resource, out RequestAuthority asked) || asked.Address is not null || resource.Resource is "inbound" or "trust") continue;
                if (HostNames.Service(asked.Host, client.Namespace, subject.Snapshot.Settings.ClusterDomain) != subject.Key) continue;
                if (subject.Service.Ports.Any(port => port.Port == asked.Port)) continue;
                if (subject.View.Destination(client.Namespace, client.Pod, resource.Resource).Backends.Any(backend => backend.Endpoints.Count > 0)) continue;
                subject.Explain(subject.Sent, "no-endpoints");
                yield return new Finding(Causes.WrongPort, FindingLevel.Error, $"pod {client.Namespace}/{client.Pod}",
                    $"it calls {resource.Resource}, but the service has {Ports(subject.Service)}",
                    $"correct the port in the client's URL, or add it to the service: kubectl -n {subject.Key.Namespace} edit service {subject.Key.Name}");
            }
        }
    }

    private static IEnumerable<Finding> Unrouted(Subject subject)
    {
        ulong unrouted = subject.Explain(subject.Sent, "no-route");
        if (unrouted > 0)
        {
            yield return new Finding(Causes.NoRoute, Words.LevelOf((double)unrouted / Math.Max(1, subject.Sent.Requests)), subject.Name,
                $"{Words.Count(unrouted, "request")} of {Words.Number(subject.Sent.Requests)} matched no rule of its VirtualService in the last {subject.Window}",
                "add a rule without 'match' at the end of the VirtualService's http list");
        }
    }

    private static string Ports(Service service) => service.Ports.Count == 0 ? "no ports" : $"port {Words.List(service.Ports.Select(port => $"{port.Port}"))}";

    /// <summary>The object in a route's name; empty for the route that no object makes.</summary>
    public static string ObjectOf(string route)
    {
        int rule = route.LastIndexOf('#');
        string name = rule < 0 ? route : route[..rule];
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? "" : $"{name[..slash]} {name[(slash + 1)..]}";
    }
}
