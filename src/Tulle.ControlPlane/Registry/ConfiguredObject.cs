using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Resources;
using Tulle.Model.Schemas;
using Tulle.Model.Validation;

namespace Tulle.ControlPlane.Registry;

/// <summary>An object that configures the mesh, as far as a list of them shows it.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="ApiVersion">In which it was read.</param>
/// <param name="Reference">Which one it is.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Findings">What is to be said of it by itself.</param>
/// <param name="Routed">Services whose requests it would route, for kinds that no compiler reads yet.</param>
internal sealed record ConfiguredObject(
    ResourceKind Kind, string ApiVersion, ObjectReference Reference, DateTimeOffset Created, IReadOnlyList<Finding> Findings, IReadOnlyList<ObjectKey> Routed)
{
    public static ConfiguredObject Of(ResourceKind kind, MappingNode node)
    {
        ObjectMeta meta = ObjectMeta.Decode(node);
        // Of kinds that are Kubernetes' own only the annotations are ours to judge; a cluster's may have fields that are not known here.
        IReadOnlyList<Finding> findings = kind.Group.Length == 0 ? ResourceReview.CheckRules(kind, node) : ResourceReview.Review(kind, node, UnknownFields.Warn);
        return new ConfiguredObject(kind, node.Text("apiVersion") ?? kind.ApiVersion(kind.Versions[0]), ObjectReference.Of(kind.Kind, meta), meta.CreationTimestamp, findings, RoutedBy(kind, node));
    }

    private static IReadOnlyList<ObjectKey> RoutedBy(ResourceKind kind, MappingNode node) =>
        kind.Kind is "HTTPRoute" or "GRPCRoute" ? [.. RouteParents.Of(node).Select(service => new ObjectKey(service.Namespace, service.Name))] : [];
}
