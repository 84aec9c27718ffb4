using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Whose view of the mesh is compiled.</summary>
/// <param name="Namespace">Where it is.</param>
/// <param name="Locality">Where its node is.</param>
/// <param name="Labels">Labels of its pod; empty when no rule looks at them.</param>
/// <param name="Node">Name of its node; empty when no rule looks at it.</param>
internal readonly record struct Client(string Namespace, Locality Locality, IReadOnlyDictionary<string, string> Labels, string Node)
{
    public static Client In(string @namespace, Locality locality = default) => new(
        @namespace, locality == default ? Locality.Unknown : locality, new Dictionary<string, string>(), "");

    /// <summary>The view of one pod.</summary>
    public static Client Of(MeshSnapshot snapshot, Pod pod) => new(pod.Meta.Namespace, snapshot.LocalityOf(pod), pod.Meta.Labels, pod.NodeName);
}
