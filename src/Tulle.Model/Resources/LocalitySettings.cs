using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>Which localities are preferred (istio.md §1.6).</summary>
/// <param name="Enabled">False switches every preference off; null when not said.</param>
/// <param name="Distribute">Shares of localities, by the caller's.</param>
/// <param name="Failover">Which region takes over from which.</param>
/// <param name="FailoverPriority">Labels in which endpoints should agree with the caller, most important first; <c>key</c> or <c>key=value</c>.</param>
public sealed record LocalitySettings(
    bool? Enabled, IReadOnlyList<LocalityShare> Distribute, IReadOnlyList<KeyValuePair<string, string>> Failover, IReadOnlyList<string> FailoverPriority)
{
    internal static LocalitySettings? Decode(Node? node) => node is not MappingNode ? null : new LocalitySettings(
        node.GetFlag("enabled"), node.GetList("distribute", LocalityShare.Decode),
        node.GetList("failover", item => KeyValuePair.Create(item.GetText("from") ?? "", item.GetText("to") ?? "")), node.GetTexts("failoverPriority"));
}

/// <summary>Where traffic from one locality goes.</summary>
/// <param name="From">region/zone/subzone; <c>*</c> stands for all of a level.</param>
/// <param name="To">Percentage by locality.</param>
public sealed record LocalityShare(string From, IReadOnlyDictionary<string, int> To)
{
    internal static LocalityShare Decode(MappingNode node) => new(node.GetText("from") ?? "",
        node.GetMap("to", value => value is ScalarNode scalar && scalar.TryGetInteger(out long percent) ? (int)Math.Clamp(percent, 0, 100) : 0));
}
