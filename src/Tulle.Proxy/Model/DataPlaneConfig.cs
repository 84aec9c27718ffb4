using System.Net;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Routing.Overrides;
using Tulle.Proxy.Telemetry.Compatibility;
using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.Model;

/// <summary>What the data plane is told at its start: where it listens, and its limits.</summary>
internal sealed record DataPlaneConfig
{
    /// <summary>HTTP-proxy ports of the outbound side (absolute-form and CONNECT).</summary>
    public IReadOnlyList<IPEndPoint> Outbound { get; init; } = [];

    /// <summary>Inbound ports, each with the address of the application behind it.</summary>
    public IReadOnlyList<InboundListenerConfig> Inbound { get; init; } = [];

    /// <summary>Local ports that stand for one authority each.</summary>
    public IReadOnlyList<UpstreamListenerConfig> Upstreams { get; init; } = [];

    /// <summary>Event loops. One per core is the useful maximum.</summary>
    public int Loops { get; init; } = 1;

    /// <summary>How long a TCP connect may take before another endpoint is tried. 1 s: Linkerd's default.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a request waits for the first answer about its authority.</summary>
    public TimeSpan DiscoveryTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a whole request head may take from its first byte, against slowloris. 10 s: HAProxy's recommendation
    /// for <c>timeout http-request</c>. Also bounds a TLS handshake.
    /// </summary>
    public TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the proxy still accepts, and keeps connections without a request open, once it drains: longer than the news takes
    /// to reach its clients, and than a request may be on its way, so that none is met by a closed connection. News of endpoints
    /// reach proxies in less than 200 ms.
    /// </summary>
    public TimeSpan DrainLinger { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long the rest of a request is read and thrown away after an answer that ends its connection, so that the client gets as far as
    /// to read it. 30 s: nginx' <c>lingering_time</c>.
    /// </summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long it may fall silent meanwhile: then it has read the answer, or never will. nginx' <c>lingering_timeout</c> is 5 s, but a mesh's clients are near.
    /// </summary>
    public TimeSpan LingerSilence { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a connection may carry nothing: between two requests, and in the middle of an exchange. 5 min: Envoy's
    /// <c>stream_idle_timeout</c>.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a client may be silent at first before the server is connected, which may be the one to speak first.
    /// Clients that speak first do so within a round trip; Linkerd waits 10 s.
    /// </summary>
    public TimeSpan EarlyConnectDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How long a request may wait for a connection where their number is limited. 10 s: longer than most clients wait; a route's own
    /// timeouts end it earlier.
    /// </summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Bytes of a request's body that are kept where its route has retries, so that it can be sent again. 64 KiB: Linkerd's limit.
    /// </summary>
    public int MaxReplayBytes { get; init; } = 64 * 1024;

    /// <summary>How long an unused upstream connection stays pooled. Shorter than the 60 s after which common servers close theirs.</summary>
    public TimeSpan PoolIdleTimeout { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>
    /// How long a tunnel or an opaque connection may carry nothing in either direction. 1 h: Envoy's default
    /// <c>idle_timeout</c> for TCP proxies.
    /// </summary>
    public TimeSpan OpaqueIdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Destinations that were not used for this long are unsubscribed.</summary>
    public TimeSpan DestinationIdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Most connections accepted at one time per event loop; further ones wait in the kernel's backlog.</summary>
    public int MaxConnectionsPerLoop { get; init; } = 10_000;

    /// <summary>
    /// Most idle upstream connections kept per endpoint and loop. 1,024: Envoy's default for all connections of a cluster. Lower
    /// values make busy loops close connections that the next turn needs, and pay for handshakes: with 1,000 clients, 64 cost
    /// nine tenths of the throughput.
    /// </summary>
    public int MaxIdlePerEndpoint { get; init; } = 1_024;

    /// <summary>
    /// Most requests in flight per loop; more are refused at once, so that memory stays bounded however slow servers are. 100,000:
    /// Linkerd's limit.
    /// </summary>
    public int MaxInFlightPerLoop { get; init; } = 100_000;

    /// <summary>Most authorities known per loop; the least recently used one gives way.</summary>
    public int MaxDestinations { get; init; } = 2_000;

    /// <summary>Whose request headers may override timeouts and retries.</summary>
    public OverrideDialects Overrides { get; init; }

    /// <summary>Whose metrics are counted beside our own.</summary>
    public MetricsDialects MetricsDialects { get; init; }

    /// <summary>How requests are written to the access log where no policy says anything; null: not at all.</summary>
    public AccessLogModel? AccessLog { get; init; }

    /// <summary>How traces are made where no policy says anything; null: not at all, and requests keep the fields they came with.</summary>
    public TracingConfig? Tracing { get; init; }

    /// <summary>Most connections per loop that may wait for the first answer about an authority.</summary>
    public int MaxDiscoveryWaiters { get; init; } = 1_000;
}

/// <summary>An inbound port.</summary>
/// <param name="Listen">Where clients connect; its port is the pod port that policies name.</param>
/// <param name="Application">Where the application listens.</param>
internal sealed record InboundListenerConfig(IPEndPoint Listen, IPEndPoint Application);

/// <summary>A declared upstream.</summary>
/// <param name="Listen">Where the application connects.</param>
/// <param name="Authority"><c>host:port</c>, lower case.</param>
internal sealed record UpstreamListenerConfig(IPEndPoint Listen, string Authority);
