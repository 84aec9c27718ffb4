using Tulle.Model.Documents;
using Tulle.Model.Schemas.Mesh.Istio;
using Tulle.Model.Validation;

namespace Tulle.Model.Resources;

/// <summary>Subsets of a service, and how to talk to it.</summary>
/// <param name="Host">As written: a short name is relative to the object's namespace.</param>
/// <param name="Policy">Null when the rule has none.</param>
/// <param name="ClientSelector">Labels of the clients, in the rule's namespace, that it holds for; null for all clients.</param>
public sealed record DestinationRule(
    ObjectMeta Meta, string Host, IReadOnlyList<Subset> Subsets, IReadOnlyList<string> ExportTo, TrafficPolicy? Policy, IReadOnlyDictionary<string, string>? ClientSelector)
{
    public static DestinationRule Decode(MappingNode obj)
    {
        obj = FieldNames.Normalize(DestinationRuleSchema.Kind, obj);
        Node? spec = obj["spec"];
        IReadOnlyDictionary<string, string> selector = spec.Get("workloadSelector").GetTextMap("matchLabels");
        return new DestinationRule(ObjectMeta.Decode(obj), spec.GetText("host") ?? "", spec.GetList("subsets", Subset.Decode), spec.GetTexts("exportTo"),
            TrafficPolicy.Decode(spec.Get("trafficPolicy")), selector.Count == 0 ? null : selector);
    }
}

/// <summary>A named part of a service: the endpoints whose pods have all the labels. No labels select every endpoint.</summary>
/// <param name="Policy">Each of its blocks replaces that of the rule; null when it has none.</param>
public sealed record Subset(string Name, IReadOnlyDictionary<string, string> Labels, TrafficPolicy? Policy)
{
    internal static Subset Decode(MappingNode node) =>
        new(node.GetText("name") ?? "", node.GetTextMap("labels"), TrafficPolicy.Decode(node["trafficPolicy"]));
}
