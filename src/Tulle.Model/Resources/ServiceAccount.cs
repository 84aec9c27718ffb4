using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>The identity of workloads.</summary>
public sealed record ServiceAccount(ObjectMeta Meta)
{
    public static ServiceAccount Decode(MappingNode obj) => new(ObjectMeta.Decode(obj));
}
