using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry;

/// <summary>What one series of traffic counters is about. The fields are those of <see cref="TrafficDelta"/>.</summary>
internal readonly record struct SeriesKey(
    Direction Direction,
    string PeerIdentity,
    string PeerWorkload,
    string ServiceNamespace,
    string ServiceName,
    uint ServicePort,
    string Backend,
    string Route,
    bool Tls);
