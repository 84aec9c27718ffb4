using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Whether the pods run, and their applications answer their own sidecars.</summary>
internal sealed class PodExaminer : IExaminer
{
    public Examination Examine(Subject subject)
    {
        int ready = subject.Pods.Count(pod => pod.Ready);
        return new Examination("pods", $"{Words.Number(ready)} of {Words.Count(subject.Pods.Count, "pod")} ready", [.. Unready(subject), .. NotAnswering(subject)]);
    }

    private static IEnumerable<Finding> Unready(Subject subject)
    {
        Pod[] unready = [.. subject.Pods.Where(pod => !pod.Ready)];
        if (unready.Length == 0) yield break;
        bool all = unready.Length == subject.Pods.Count;
        ulong refused = all ? subject.Explain(subject.Sent, "no-endpoints", "no-healthy-endpoints") : 0;
        List<string> evidence = [.. unready.Take(4).Select(Describe)];
        if (refused > 0) evidence.Add($"{Words.Count(refused, "request")} failed with no-endpoints in the last {subject.Window}");
        bool sidecars = unready.All(SidecarIsDown);
        string who = all ? unready.Length == 1 ? "its only pod is not ready" : "none of its pods is ready" : $"{Words.Number(unready.Length)} of its {Words.Number(subject.Pods.Count)} pods are not ready";
        string what = sidecars ? $"{who}: the sidecar is down" : $"{who}: the application is down";
        yield return new Finding(
            sidecars ? Causes.SidecarDown : Causes.AppDown, all ? FindingLevel.Error : FindingLevel.Warning,
            $"pod {Words.List(unready.Select(pod => $"{pod.Meta.Namespace}/{pod.Meta.Name}"))}", what,
            $"its log says why: tulle logs {unready[0].Meta.Name}{(sidecars ? " --proxy" : "")}; events: kubectl -n {subject.Key.Namespace} describe pod {unready[0].Meta.Name}") { Evidence = evidence };
    }

    /// <summary>Whether only its sidecar is to blame: the application is well, or waits for the sidecar before it starts.</summary>
    private static bool SidecarIsDown(Pod pod) =>
        pod.IsMeshed && pod.Statuses.Count > 1 && pod.Statuses.All(status => status.Name == Pod.ProxyContainer ? !status.Ready : status.Ready || status.AwaitsOthers);

    /// <summary>Ready, because nothing checks it or the check is a poor one, and yet nobody is at its port.</summary>
    private static IEnumerable<Finding> NotAnswering(Subject subject)
    {
        ulong refused = subject.Explain(subject.Received, "connect-failed", "connect-timeout");
        if (refused == 0) yield break;
        ulong all = Math.Max(subject.Received.Requests, refused);
        yield return new Finding(
            Causes.AppDown, Words.LevelOf((double)refused / all), $"pod {Words.List(subject.Servers.Select(pod => $"{pod.Namespace}/{pod.Name}"))}",
            "requests arrive at the pod, but the application does not take connections from its sidecar",
            "see whether it runs and listens on the port that it was told in PORT (on Kubernetes: its containerPort), on all addresses or 127.0.0.1")
        {
            Evidence = [$"{Words.Number(refused)} of {Words.Count(all, "request")} could not be handed to the application in the last {subject.Window}"],
        };
    }

    private static string Describe(Pod pod)
    {
        int restarts = pod.Statuses.Sum(status => status.Restarts);
        return $"{pod.Meta.Name}: {pod.NotReadyBecause}{(restarts > 0 ? $"; restarted {Words.Count(restarts, "time")}" : "")}";
    }
}
