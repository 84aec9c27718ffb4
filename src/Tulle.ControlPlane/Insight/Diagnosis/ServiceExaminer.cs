using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Whether the service leads to pods at all.</summary>
internal sealed class ServiceExaminer : IExaminer
{
    public Examination Examine(Subject subject)
    {
        Service service = subject.Service;
        string ports = service.Ports.Count == 0 ? "no ports" : Words.List(service.Ports.Select(port => port.TargetPort == $"{port.Port}" ? $"port {port.Port}" : $"port {port.Port} → {port.TargetPort}"));
        string selector = service.Selector.Count == 0 ? "no selector" : $"selector {Text(service.Selector)} finds {Words.Count(subject.Pods.Count, "pod")}";
        return new Examination("service", $"{ports}; {selector}", [.. Find(subject)]);
    }

    private static IEnumerable<Finding> Find(Subject subject)
    {
        Service service = subject.Service;
        if (service.Ports.Count == 0)
        {
            yield return new Finding(Causes.WrongPort, FindingLevel.Error, subject.Name, "the service has no port, so no request can be for it",
                $"give it one: kubectl -n {subject.Key.Namespace} edit service {subject.Key.Name}");
        }
        bool any = subject.Endpoints.Rows.Count > 0;
        if (any || subject.Pods.Count > 0) yield break;
        ulong refused = subject.Explain(subject.Sent, "no-endpoints", "no-healthy-endpoints");
        string[] evidence = refused > 0 ? [$"{Words.Count(refused, "request")} of {Words.List(subject.Clients.Select(client => client.Pod.Workload))} failed with no-endpoints in the last {subject.Window}"] : [];
        if (service.Selector.Count == 0)
        {
            yield return new Finding(Causes.NoEndpoints, FindingLevel.Error, subject.Name, "the service has no selector, and nobody has written an EndpointSlice for it",
                "give it a selector that finds its pods, or an EndpointSlice") { Evidence = evidence };
            yield break;
        }
        yield return new Finding(Causes.NoEndpoints, FindingLevel.Error, subject.Name,
            $"the service has no endpoints: no pod has the labels that its selector asks for ({Text(service.Selector)})", Remedy(subject)) { Evidence = evidence };
    }

    private static string Remedy(Subject subject)
    {
        string[] keys = [.. subject.Service.Selector.Keys];
        string[] found =
        [
            .. subject.Snapshot.Pods.Values.Where(pod => pod.Meta.Namespace == subject.Key.Namespace)
                .SelectMany(pod => keys.Where(pod.Meta.Labels.ContainsKey).Select(key => $"{key}={pod.Meta.Labels[key]}")).Distinct().Order(StringComparer.Ordinal),
        ];
        string edit = $"kubectl -n {subject.Key.Namespace} edit service {subject.Key.Name}";
        return found.Length > 0
            ? $"start its workload, or correct the selector ({edit}): pods of this namespace have {Words.List(found)}"
            : $"start its workload, or correct the selector ({edit}); 'tulle get pods -n {subject.Key.Namespace} --show-labels' shows what there is";
    }

    private static string Text(IReadOnlyDictionary<string, string> labels) => string.Join(",", labels.Select(label => $"{label.Key}={label.Value}"));
}
