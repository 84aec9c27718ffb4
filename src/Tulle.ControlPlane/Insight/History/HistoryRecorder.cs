using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>Gives what proxies report to the history, under the name of their workload. Thread-safe.</summary>
internal sealed class HistoryRecorder(IWorkloads workloads, HistoryStore? history)
{
    private volatile Index _index = new([], new Dictionary<ProxyId, string>());

    public void Add(ProxyId proxy, TrafficReport report)
    {
        if (history is null) return;
        IReadOnlyList<WorkloadPod> pods = workloads.Pods;
        Index index = _index;
        if (!ReferenceEquals(index.Pods, pods))
        {
            var names = new Dictionary<ProxyId, string>(pods.Count);
            foreach (WorkloadPod pod in pods) names[pod.Proxy] = pod.Workload;
            _index = index = new Index(pods, names);
        }
        history.Add(proxy.Namespace, index.Workloads.GetValueOrDefault(proxy) ?? $"pod/{proxy.Pod}", report.Deltas, (int)Math.Clamp(report.Seconds, 1, int.MaxValue));
    }

    private sealed record Index(IReadOnlyList<WorkloadPod> Pods, IReadOnlyDictionary<ProxyId, string> Workloads);
}
