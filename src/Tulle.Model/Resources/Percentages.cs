using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>Shares of requests in parts per million, so that Istio's finest percentage (0.0001 %) is a whole number.</summary>
public static class Percentages
{
    /// <summary>Every request.</summary>
    public const uint All = 1_000_000;

    public static uint FromPercent(double percent) => (uint)Math.Round(Math.Clamp(percent, 0, 100) * 10_000);

    /// <summary>The share of a <c>percentage</c>, else of the old whole number; null when neither is given.</summary>
    internal static uint? Decode(Node? node, string percentage, string old)
    {
        if (node.Get(percentage) is MappingNode given)
            return FromPercent(given.GetNumber("value") ?? 0);
        return node.GetInt(old) is { } whole ? FromPercent(whole) : null;
    }
}
