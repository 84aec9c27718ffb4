using System.Net;
using Tulle.Proxy.Model;

namespace Tulle.Proxy.Admin;

/// <summary>What is listened on, with the ports that the kernel chose where 0 was asked for.</summary>
internal sealed record ListenerList(
    IReadOnlyList<IPEndPoint> Outbound, IReadOnlyList<InboundListenerConfig> Inbound, IReadOnlyList<UpstreamListenerConfig> Upstreams);
