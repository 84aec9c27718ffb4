using Tulle.Model.Documents;
using Tulle.Model.Validation;

namespace Tulle.Model.Resources;

/// <summary>Shares of a service's traffic for several services of the same namespace.</summary>
/// <param name="Service">Root service.</param>
public sealed record TrafficSplit(ObjectMeta Meta, string Service, IReadOnlyList<SplitBackend> Backends)
{
    public static TrafficSplit Decode(MappingNode obj)
    {
        Node? spec = obj["spec"];
        IReadOnlyList<string> services = spec.GetList("backends", node => node.GetText("service") ?? "");
        IReadOnlyList<uint> shares = Quantities.Shares(spec.GetList("backends", node => node.GetText("weight")));
        return new TrafficSplit(ObjectMeta.Decode(obj), spec.GetText("service") ?? "",
            [.. services.Select((service, index) => new SplitBackend(service, shares[index]))]);
    }
}

/// <summary>A service and its share, relative to the sum of the weights.</summary>
public sealed record SplitBackend(string Service, uint Weight);
