using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>A machine that runs pods: a Node of Kubernetes.</summary>
public sealed record MeshNode(ObjectMeta Meta)
{
    /// <summary>Where it is, as its labels say.</summary>
    public Locality Locality => Locality.OfNode(Meta.Labels);

    public static MeshNode Decode(MappingNode obj) => new(ObjectMeta.Decode(obj));
}
