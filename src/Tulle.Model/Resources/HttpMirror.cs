using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>Where copies of requests are sent.</summary>
/// <param name="Share">In parts per million.</param>
public sealed record HttpMirror(Destination Destination, uint Share)
{
    /// <summary>The mirrors of a rule: <c>mirrors</c>, else the older <c>mirror</c> with its percentage.</summary>
    internal static IReadOnlyList<HttpMirror> DecodeAll(MappingNode rule)
    {
        if (rule["mirrors"] is SequenceNode)
            return rule.GetList("mirrors", node => new HttpMirror(Destination.Decode(node["destination"]), Percentages.Decode(node, "percentage", "") ?? Percentages.All));
        return rule["mirror"] is MappingNode mirror
            ? [new HttpMirror(Destination.Decode(mirror), Percentages.Decode(rule, "mirrorPercentage", "mirrorPercent") ?? Percentages.All)]
            : [];
    }
}
