using System.Globalization;
using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>When an endpoint that fails is left out for a while, with Istio's defaults filled in (istio.md §1.6). A count of 0 is off.</summary>
/// <param name="ErrorCodes">Statuses that count as failures instead of 5xx; empty for 5xx.</param>
public sealed record OutlierSettings(
    int Consecutive5xx, int ConsecutiveGatewayErrors, int ConsecutiveLocalOriginFailures, bool SplitLocalOrigin, TimeSpan Interval, TimeSpan BaseEjectionTime,
    int MaxEjectionPercent, int MinHealthPercent, IReadOnlyList<int> ErrorCodes)
{
    public const int DefaultConsecutive5xx = 5;
    public const int DefaultConsecutiveLocalOriginFailures = 5;
    public const int DefaultMaxEjectionPercent = 10;

    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan DefaultBaseEjectionTime = TimeSpan.FromSeconds(30);

    internal static OutlierSettings? Decode(Node? node)
    {
        if (node is not MappingNode)
            return null;
        bool split = node.GetFlag("splitExternalLocalOriginErrors") ?? false;
        return new OutlierSettings(
            // What consecutiveErrors meant when it was written; newer versions of Istio drop it without a word (istio.md §1.1).
            Math.Max(0, node.GetInt("consecutive5xxErrors") ?? node.GetInt("consecutiveErrors") ?? DefaultConsecutive5xx),
            Math.Max(0, node.GetInt("consecutiveGatewayErrors") ?? 0),
            split ? Math.Max(0, node.GetInt("consecutiveLocalOriginFailures") ?? DefaultConsecutiveLocalOriginFailures) : 0,
            split,
            Positive(node.GetDuration("interval")) ?? DefaultInterval,
            Positive(node.GetDuration("baseEjectionTime")) ?? DefaultBaseEjectionTime,
            node.GetInt("maxEjectionPercent") is { } share and > 0 ? Math.Min(100, share) : DefaultMaxEjectionPercent,
            Math.Clamp(node.GetInt("minHealthPercent") ?? 0, 0, 100),
            [.. node.GetTexts("outlierDetectionHttpErrorCodes").Select(Code).OfType<int>()]);
    }

    private static TimeSpan? Positive(TimeSpan? time) => time > TimeSpan.Zero ? time : null;

    private static int? Code(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int code) ? code : null;
}
