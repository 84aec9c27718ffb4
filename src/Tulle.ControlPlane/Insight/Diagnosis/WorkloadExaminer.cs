using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>A workload that no service leads to: well for one that only calls others, not for one that others are to call.</summary>
internal sealed class WorkloadExaminer : IExaminer
{
    public Examination Examine(Subject subject)
    {
        int[] declared = [.. subject.Pods.SelectMany(pod => pod.Containers).Where(container => container.Name != Pod.ProxyContainer).SelectMany(container => container.Ports).Select(port => port.Port).Distinct().Order()];
        FindingLevel level = declared.Length > 0 ? FindingLevel.Error : subject.Upstreams.Count > 0 ? FindingLevel.Info : FindingLevel.Warning;
        string ports = declared.Length > 0 ? $"its pods declare port {Words.List(declared.Select(port => $"{port}"))}, but " : "";
        var finding = new Finding(
            Causes.NoService, level, subject.Name, $"{ports}no service leads to it, so nobody can call it by name",
            level == FindingLevel.Info ? "nothing, if it only calls others; else create a Service whose selector finds its pods" : "create a Service whose selector finds its pods");
        return new Examination("service", "none leads to it", [finding]);
    }
}
