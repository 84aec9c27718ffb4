using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>A namespace.</summary>
public sealed record Namespace(ObjectMeta Meta)
{
    public static Namespace Decode(MappingNode obj) => new(ObjectMeta.Decode(obj));
}
