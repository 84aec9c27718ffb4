using Tulle.Model.Resources;

namespace Tulle.Model.Analysis;

/// <summary>What is wrong with a TrafficSplit among the other objects.</summary>
internal static class TrafficSplitAnalysis
{
    public static void Analyze(MeshIndex index, TrafficSplit subject, FindingSink sink)
    {
        if (index.Resolve(subject.Service, subject.Meta.Namespace) is not { } root)
            return;
        if (index.Service(root.Namespace, root.Name) is null)
            sink.Warn("spec.service", $"there is no service {root.Name} in namespace {root.Namespace}, so no traffic is split", "create the service or correct the name", "HostNotFound");
        for (int i = 0; i < subject.Backends.Count; i++)
            CheckBackend(index, subject, subject.Backends[i], $"spec.backends[{i}].service", sink);
        CheckRivals(index, subject, sink);
        CheckVirtualServices(index, subject, sink);
    }

    private static void CheckBackend(MeshIndex index, TrafficSplit subject, SplitBackend backend, string field, FindingSink sink)
    {
        if (index.Resolve(backend.Service, subject.Meta.Namespace) is { } target && index.Service(target.Namespace, target.Name) is null)
            sink.Warn(field, $"there is no service {target.Name} in namespace {target.Namespace}, so its share of the requests fails with 503",
                "create the service or correct the name", "HostNotFound");
    }

    private static void CheckRivals(MeshIndex index, TrafficSplit subject, FindingSink sink)
    {
        string canonical = index.Canonical(subject.Service, subject.Meta.Namespace);
        TrafficSplit? oldest = index.Snapshot.TrafficSplits
            .Where(other => other.Meta.Namespace == subject.Meta.Namespace && index.Canonical(other.Service, other.Meta.Namespace) == canonical)
            .Order(Comparer<TrafficSplit>.Create((a, b) => ObjectMeta.CompareAge(a.Meta, b.Meta))).FirstOrDefault();
        if (oldest is not null && oldest.Meta.Name != subject.Meta.Name)
            sink.Warn("spec.service", $"TrafficSplit {oldest.Meta} already splits {subject.Service} and is older, so this one has no effect", "keep one of them", "HostConflict");
    }

    private static void CheckVirtualServices(MeshIndex index, TrafficSplit subject, FindingSink sink)
    {
        string canonical = index.Canonical(subject.Service, subject.Meta.Namespace);
        if (index.VirtualServicesFor(canonical).FirstOrDefault() is { } stronger)
            sink.Warn("spec.service", $"VirtualService {stronger.Meta} also routes {subject.Service} and comes first, so this split has no effect",
                "delete the VirtualService or write the weights there", "HostConflict");
    }
}
