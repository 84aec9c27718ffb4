using Tulle.Model.Resources;

namespace Tulle.Model.Analysis;

/// <summary>What is wrong with an HTTPLocalRateLimitPolicy among the other objects.</summary>
internal static class RateLimitAnalysis
{
    public static void Analyze(MeshIndex index, RateLimitPolicy subject, FindingSink sink)
    {
        PolicyServer? server = index.Snapshot.Servers.FirstOrDefault(candidate => candidate.Meta.Name == subject.Server && candidate.Meta.Namespace == subject.Meta.Namespace);
        if (server is null)
            sink.Warn("spec.targetRef.name", $"there is no Server {subject.Server} in namespace {subject.Meta.Namespace}, so nothing is limited",
                "create the Server or correct the name", "ServerNotFound");
        RateLimitPolicy? oldest = index.Snapshot.RateLimits
            .Where(other => other.Meta.Namespace == subject.Meta.Namespace && other.Server == subject.Server)
            .Order(Comparer<RateLimitPolicy>.Create((a, b) => ObjectMeta.CompareAge(a.Meta, b.Meta))).FirstOrDefault();
        if (oldest is not null && oldest.Meta.Name != subject.Meta.Name)
            sink.Warn("spec.targetRef.name", $"HTTPLocalRateLimitPolicy {oldest.Meta} already limits Server {subject.Server} and is older, so this one has no effect",
                "keep one of them", "PolicyConflict");
    }
}
