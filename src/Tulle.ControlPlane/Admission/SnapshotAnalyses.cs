using Tulle.Model.Analysis;

namespace Tulle.ControlPlane.Admission;

/// <summary>Snapshots as analysis takes them, and what it finds in them: once for each, however many ask. Thread-safe.</summary>
internal sealed class SnapshotAnalyses
{
    private volatile Arranged? _last;

    /// <summary>The objects of a snapshot.</summary>
    public MeshSnapshot Arrange(Registry.MeshSnapshot snapshot) => For(snapshot).Snapshot;

    /// <summary>What is wrong with the objects of a snapshot in view of each other.</summary>
    public IReadOnlyList<ObjectFinding> Findings(Registry.MeshSnapshot snapshot) => For(snapshot).Findings.Value;

    private Arranged For(Registry.MeshSnapshot snapshot)
    {
        if (_last is { } last && ReferenceEquals(last.Source, snapshot)) return last;
        var arranged = new MeshSnapshot
        {
            Services = [.. snapshot.Services.Values],
            Pods = [.. snapshot.Pods.Values],
            VirtualServices = [.. snapshot.VirtualServices, .. snapshot.GatewayVirtualServices],
            DestinationRules = [.. snapshot.DestinationRules.Values.SelectMany(rules => rules)],
            TrafficSplits = [.. snapshot.TrafficSplits.Values.SelectMany(splits => splits)],
            ServiceProfiles = [.. snapshot.ServiceProfiles.Values],
            PeerAuthentications = [.. snapshot.PeerAuthentications.Values.SelectMany(policies => policies)],
            Servers = [.. snapshot.Servers.Values.SelectMany(servers => servers)],
            RateLimits = [.. snapshot.RateLimits.Values.SelectMany(limits => limits)],
            ClusterDomain = snapshot.Settings.ClusterDomain,
        };
        return _last = new Arranged(snapshot, arranged, new Lazy<IReadOnlyList<ObjectFinding>>(() => MeshAnalysis.Analyze(arranged)));
    }

    private sealed record Arranged(Registry.MeshSnapshot Source, MeshSnapshot Snapshot, Lazy<IReadOnlyList<ObjectFinding>> Findings);
}
