using Tulle.Model.Resources;

namespace Tulle.Model.Analysis;

/// <summary>What is wrong with a PeerAuthentication among the other objects (istio.md §1.10).</summary>
internal static class PeerAuthenticationAnalysis
{
    public static void Analyze(MeshIndex index, PeerAuthentication subject, FindingSink sink)
    {
        if (subject.Selector is { } selector)
            CheckSelector(index, subject, selector, sink);
        else
            CheckRivals(index, subject, sink);
    }

    private static void CheckSelector(MeshIndex index, PeerAuthentication subject, IReadOnlyDictionary<string, string> selector, FindingSink sink)
    {
        if (subject.Meta.Namespace == index.Snapshot.RootNamespace)
            sink.Warn("spec.selector", $"policies with a selector in the root namespace {index.Snapshot.RootNamespace} have no effect",
                "put it into the namespace of the workloads, or remove the selector to make it hold for the mesh", "PolicyIgnored");
        else if (!index.Pods(subject.Meta.Namespace).Any(pod => MeshIndex.Selects(selector, pod)))
            sink.Warn("spec.selector", $"no pod in namespace {subject.Meta.Namespace} has these labels, so the policy has no effect yet",
                "correct the labels, or start the workload", "SelectorWithoutPods");
    }

    private static void CheckRivals(MeshIndex index, PeerAuthentication subject, FindingSink sink)
    {
        PeerAuthentication? oldest = index.Snapshot.PeerAuthentications
            .Where(other => other.Selector is null && other.Meta.Namespace == subject.Meta.Namespace)
            .Order(Comparer<PeerAuthentication>.Create((a, b) => ObjectMeta.CompareAge(a.Meta, b.Meta))).FirstOrDefault();
        if (oldest is not null && oldest.Meta.Name != subject.Meta.Name)
            sink.Warn("", $"PeerAuthentication {oldest.Meta} already holds for the whole namespace and is older, so this one has no effect", "keep one of them", "PolicyConflict");
    }
}
