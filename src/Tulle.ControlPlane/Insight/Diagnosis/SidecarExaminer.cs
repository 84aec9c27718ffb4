namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Whether the sidecars of both sides hear the control plane, and took what it said.</summary>
internal sealed class SidecarExaminer : IExaminer
{
    public Examination Examine(Subject subject)
    {
        WorkloadPod[] meshed = [.. subject.Servers.Where(pod => pod.Meshed)];
        int connected = meshed.Count(pod => subject.Sessions.ContainsKey(pod.Proxy));
        string outside = meshed.Length < subject.Servers.Count ? $"; {Words.Count(subject.Servers.Count - meshed.Length, "pod")} without a sidecar" : "";
        return new Examination("sidecars", $"{Words.Number(connected)} of {Words.Count(meshed.Length, "sidecar")} connected to the control plane{outside}", [.. Find(subject, meshed)]);
    }

    private static IEnumerable<Finding> Find(Subject subject, WorkloadPod[] meshed)
    {
        HashSet<string> ready = [.. subject.Pods.Where(pod => pod.Ready).Select(pod => pod.Meta.Name)];
        WorkloadPod[] lost = [.. meshed.Where(pod => ready.Contains(pod.Name) && !subject.Sessions.ContainsKey(pod.Proxy))];
        if (lost.Length > 0)
        {
            yield return new Finding(
                Causes.SidecarDisconnected, FindingLevel.Warning, $"pod {Words.List(lost.Select(pod => $"{pod.Namespace}/{pod.Name}"))}",
                "its sidecar is not connected to the control plane: it serves with what it knew last, and hears of no change",
                $"the sidecar's log says why: tulle logs {lost[0].Name} --proxy");
        }
        foreach (WorkloadPod pod in meshed.Concat(subject.Clients.Select(client => client.Pod)).Distinct())
        {
            if (subject.Sessions.GetValueOrDefault(pod.Proxy)?.Resources.FirstOrDefault(resource => resource.Error.Length > 0) is not { } refused) continue;
            yield return new Finding(
                Causes.ConfigurationRefused, FindingLevel.Error, $"pod {pod.Namespace}/{pod.Name}",
                $"its sidecar refused the last configuration of {refused.Resource} and keeps the one before: {refused.Error}",
                "undo the last change of that host's rules, and report this: the control plane should not have sent it");
        }
    }
}
