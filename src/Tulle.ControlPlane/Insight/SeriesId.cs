using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>What one series of a proxy's traffic is about; the fields are those of <see cref="TrafficDelta"/>.</summary>
internal readonly record struct SeriesId(
    Direction Direction, string PeerIdentity, string PeerWorkload, string ServiceNamespace, string ServiceName, string Backend, string Route, bool Tls)
{
    public static SeriesId Of(TrafficDelta delta) => new(
        delta.Direction, delta.PeerIdentity, delta.PeerWorkload, delta.Service?.Namespace ?? "", delta.Service?.Name ?? "",
        delta.Backend, delta.Route, delta.Tls);

    /// <summary>The series that takes what comes after a proxy has named too many.</summary>
    public static SeriesId Overflow(Direction direction, bool tls) => new(direction, "", "", "", "overflow", "", "", tls);
}
