using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Resources;
using Tulle.Model.Schemas;

namespace Tulle.Model.Analysis;

/// <summary>What is wrong with objects in view of the others. Pure: the same snapshot gives the same findings.</summary>
public static class MeshAnalysis
{
    /// <summary>Findings about every object of a snapshot.</summary>
    public static IReadOnlyList<ObjectFinding> Analyze(MeshSnapshot snapshot)
    {
        var index = new MeshIndex(snapshot);
        var findings = new List<ObjectFinding>();
        foreach (VirtualService subject in snapshot.VirtualServices)
            VirtualServiceAnalysis.Analyze(index, subject, new FindingSink("VirtualService", subject.Meta, findings));
        foreach (DestinationRule subject in snapshot.DestinationRules)
            DestinationRuleAnalysis.Analyze(index, subject, new FindingSink("DestinationRule", subject.Meta, findings));
        foreach (TrafficSplit subject in snapshot.TrafficSplits)
            TrafficSplitAnalysis.Analyze(index, subject, new FindingSink("TrafficSplit", subject.Meta, findings));
        foreach (ServiceProfile subject in snapshot.ServiceProfiles)
            ServiceProfileAnalysis.Analyze(index, subject, new FindingSink("ServiceProfile", subject.Meta, findings));
        foreach (PeerAuthentication subject in snapshot.PeerAuthentications)
            PeerAuthenticationAnalysis.Analyze(index, subject, new FindingSink("PeerAuthentication", subject.Meta, findings));
        foreach (PolicyServer subject in snapshot.Servers)
            PolicyServerAnalysis.Analyze(index, subject, new FindingSink("Server", subject.Meta, findings));
        foreach (RateLimitPolicy subject in snapshot.RateLimits)
            RateLimitAnalysis.Analyze(index, subject, new FindingSink("HTTPLocalRateLimitPolicy", subject.Meta, findings));
        return findings;
    }

    /// <summary>Findings about one object as if it were written to the snapshot now. Kinds that analysis does not look at have none.</summary>
    public static IReadOnlyList<Finding> Review(MeshSnapshot snapshot, ResourceKind kind, MappingNode obj)
    {
        var findings = new List<ObjectFinding>();
        switch (kind.Group, kind.Kind)
        {
            case ("networking.istio.io", "VirtualService"):
                VirtualService virtualService = VirtualService.Decode(obj) with { Meta = Fresh(obj) };
                VirtualServiceAnalysis.Analyze(
                    new MeshIndex(snapshot with { VirtualServices = With(snapshot.VirtualServices, virtualService, item => item.Meta) }),
                    virtualService, new FindingSink(kind.Kind, virtualService.Meta, findings));
                break;
            case ("networking.istio.io", "DestinationRule"):
                DestinationRule rule = DestinationRule.Decode(obj) with { Meta = Fresh(obj) };
                DestinationRuleAnalysis.Analyze(
                    new MeshIndex(snapshot with { DestinationRules = With(snapshot.DestinationRules, rule, item => item.Meta) }),
                    rule, new FindingSink(kind.Kind, rule.Meta, findings));
                break;
            case ("split.smi-spec.io", "TrafficSplit"):
                TrafficSplit split = TrafficSplit.Decode(obj) with { Meta = Fresh(obj) };
                TrafficSplitAnalysis.Analyze(
                    new MeshIndex(snapshot with { TrafficSplits = With(snapshot.TrafficSplits, split, item => item.Meta) }),
                    split, new FindingSink(kind.Kind, split.Meta, findings));
                break;
            case ("linkerd.io", "ServiceProfile"):
                ServiceProfile profile = ServiceProfile.Decode(obj);
                ServiceProfileAnalysis.Analyze(new MeshIndex(snapshot), profile, new FindingSink(kind.Kind, profile.Meta, findings));
                break;
            case ("security.istio.io", "PeerAuthentication"):
                PeerAuthentication policy = PeerAuthentication.Decode(obj) with { Meta = Fresh(obj) };
                PeerAuthenticationAnalysis.Analyze(
                    new MeshIndex(snapshot with { PeerAuthentications = With(snapshot.PeerAuthentications, policy, item => item.Meta) }),
                    policy, new FindingSink(kind.Kind, policy.Meta, findings));
                break;
            case ("policy.linkerd.io", "Server"):
                PolicyServer server = PolicyServer.Decode(obj);
                PolicyServerAnalysis.Analyze(new MeshIndex(snapshot), server, new FindingSink(kind.Kind, server.Meta, findings));
                break;
            case ("policy.linkerd.io", "HTTPLocalRateLimitPolicy"):
                RateLimitPolicy limit = RateLimitPolicy.Decode(obj) with { Meta = Fresh(obj) };
                RateLimitAnalysis.Analyze(
                    new MeshIndex(snapshot with { RateLimits = With(snapshot.RateLimits, limit, item => item.Meta) }),
                    limit, new FindingSink(kind.Kind, limit.Meta, findings));
                break;
        }
        return [.. findings.Select(finding => finding.Finding)];
    }

    // An object that is about to be created has no time yet, and is younger than every other.
    private static ObjectMeta Fresh(MappingNode obj)
    {
        ObjectMeta meta = ObjectMeta.Decode(obj);
        return meta.CreationTimestamp == DateTimeOffset.MinValue ? meta with { CreationTimestamp = DateTimeOffset.MaxValue } : meta;
    }

    private static T[] With<T>(IReadOnlyList<T> objects, T subject, Func<T, ObjectMeta> meta)
    {
        ObjectMeta mine = meta(subject);
        return [.. objects.Where(other => meta(other).Namespace != mine.Namespace || meta(other).Name != mine.Name), subject];
    }
}
