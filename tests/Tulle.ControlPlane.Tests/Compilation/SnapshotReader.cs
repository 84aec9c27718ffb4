using Tulle.ControlPlane.Registry;
using Tulle.Model.Documents;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Tests.Compilation;

/// <summary>Makes a snapshot from YAML files, as the registry would after they were applied to namespace "default".</summary>
internal static class SnapshotReader
{
    public static MeshSnapshot Read(IEnumerable<string> files)
    {
        var objects = new List<MappingNode>();
        foreach (string file in files)
        {
            (IReadOnlyList<MappingNode> read, var findings) = DocumentReader.ReadObjects(File.ReadAllText(file), file);
            Assert.Empty(findings);
            objects.AddRange(read.Select(InDefaultNamespace));
        }
        MeshSnapshot snapshot = new();
        snapshot = SnapshotBuilder.WithServices(snapshot, Of(objects, "Service", Service.Decode));
        snapshot = SnapshotBuilder.WithSlices(snapshot, Of(objects, "EndpointSlice", EndpointSlice.Decode));
        snapshot = SnapshotBuilder.WithPods(snapshot, Of(objects, "Pod", Pod.Decode));
        snapshot = SnapshotBuilder.WithVirtualServices(snapshot, Of(objects, "VirtualService", VirtualService.Decode));
        snapshot = SnapshotBuilder.WithDestinationRules(snapshot, Of(objects, "DestinationRule", DestinationRule.Decode));
        snapshot = SnapshotBuilder.WithTrafficSplits(snapshot, Of(objects, "TrafficSplit", TrafficSplit.Decode));
        snapshot = SnapshotBuilder.WithServiceProfiles(snapshot, Of(objects, "ServiceProfile", ServiceProfile.Decode));
        snapshot = SnapshotBuilder.WithNodes(snapshot, Of(objects, "Node", MeshNode.Decode));
        snapshot = SnapshotBuilder.WithNamespaces(snapshot, Of(objects, "Namespace", Namespace.Decode));
        snapshot = SnapshotBuilder.WithTelemetries(snapshot, Of(objects, "Telemetry", Telemetry.Decode));
        snapshot = SnapshotBuilder.WithServers(snapshot, Of(objects, "Server", PolicyServer.Decode));
        snapshot = SnapshotBuilder.WithRateLimits(snapshot, Of(objects, "HTTPLocalRateLimitPolicy", RateLimitPolicy.Decode));
        return SnapshotBuilder.WithPeerAuthentications(snapshot, Of(objects, "PeerAuthentication", PeerAuthentication.Decode));
    }

    private static IEnumerable<T> Of<T>(List<MappingNode> objects, string kind, Func<MappingNode, T> decode) =>
        objects.Where(item => item.Text("kind") == kind).Select(decode);

    private static MappingNode InDefaultNamespace(MappingNode value)
    {
        var metadata = (MappingNode)value["metadata"]!;
        return metadata.Text("namespace") is null ? value.With("metadata", metadata.With("namespace", ScalarNode.String("default"))) : value;
    }
}
