using Tulle.Model.Resources;

namespace Tulle.Model.Analysis;

/// <summary>What is wrong with a ServiceProfile among the other objects.</summary>
internal static class ServiceProfileAnalysis
{
    public static void Analyze(MeshIndex index, ServiceProfile subject, FindingSink sink)
    {
        if (index.Resolve(subject.Meta.Name, subject.Meta.Namespace) is not { } service)
            return;
        if (index.Service(service.Namespace, service.Name) is null)
            sink.Warn("metadata.name", $"there is no service {service.Name} in namespace {service.Namespace}, so the routes name no requests",
                "name the profile after a service: NAME.NAMESPACE.svc.cluster.local", "HostNotFound");
        if (subject.HasPolicy && index.VirtualServicesFor(index.Canonical(subject.Meta.Name, subject.Meta.Namespace)).FirstOrDefault() is { } stronger)
            sink.Warn("spec", $"VirtualService {stronger.Meta} also routes {service.Name} and comes first, so timeouts, retries, retryBudget and dstOverrides have no effect; the names of routes do",
                "write them in the VirtualService, or delete it", "HostConflict");
        if (subject.Overrides.Count > 0 && index.Snapshot.TrafficSplits.FirstOrDefault(split => split.Meta.Namespace == service.Namespace
            && index.Canonical(split.Service, split.Meta.Namespace) == index.Canonical(subject.Meta.Name, subject.Meta.Namespace)) is { } divider)
            sink.Warn("spec.dstOverrides", $"TrafficSplit {divider.Meta} also splits {service.Name} and comes first, so the overrides have no effect", "keep one of them", "HostConflict");
        for (int i = 0; i < subject.Overrides.Count; i++)
            CheckOverride(index, subject, subject.Overrides[i], $"spec.dstOverrides[{i}].authority", sink);
    }

    private static void CheckOverride(MeshIndex index, ServiceProfile subject, AuthorityShare share, string field, FindingSink sink)
    {
        string host = share.Authority.Split(':')[0];
        if (index.Resolve(host, subject.Meta.Namespace) is { } target && index.Service(target.Namespace, target.Name) is null)
            sink.Warn(field, $"there is no service {target.Name} in namespace {target.Namespace}, so its share of the requests fails with 503",
                "create the service or correct the authority", "HostNotFound");
    }
}
