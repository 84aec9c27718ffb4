using Tulle.Model.Resources;

namespace Tulle.Model.Analysis;

/// <summary>What is wrong with a Server among the other objects.</summary>
internal static class PolicyServerAnalysis
{
    public static void Analyze(MeshIndex index, PolicyServer subject, FindingSink sink)
    {
        if (subject.Pods is not { } selector)
            return;
        Pod[] pods = [.. index.Pods(subject.Meta.Namespace).Where(pod => selector.Matches(pod.Meta.Labels))];
        if (pods.Length == 0)
            sink.Warn("spec.podSelector", $"no pod in namespace {subject.Meta.Namespace} has these labels, so the Server has no effect yet",
                "correct the labels, or start the workload", "SelectorWithoutPods");
        else if (pods.All(pod => subject.PortOf(pod) is null))
            sink.Warn("spec.port", $"no container of the selected pods has a port named {subject.Port}, so the Server has no effect",
                $"write its number, or one of the names there are: {Names(pods)}", "PortNotFound");
    }

    private static string Names(Pod[] pods)
    {
        string[] names = [.. pods.SelectMany(pod => pod.Containers).SelectMany(container => container.Ports).Select(port => port.Name)
            .Where(name => name.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return names.Length == 0 ? "none has a name" : string.Join(", ", names);
    }
}
