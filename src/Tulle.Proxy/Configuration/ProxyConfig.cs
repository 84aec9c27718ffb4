using System.Net;
using Tulle.Identity;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Model;
using Tulle.Proxy.Routing.Overrides;
using Tulle.Proxy.Telemetry.Compatibility;
using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.Configuration;

/// <summary>The command line, checked. Immutable.</summary>
internal sealed record ProxyConfig
{
    /// <summary>Where the control plane listens; null runs the proxy standalone, from files.</summary>
    public Uri? ControlPlane { get; init; }

    /// <summary>Who the control plane must prove to be.</summary>
    public SpiffeId ControlPlaneIdentity { get; init; } = DefaultControlPlaneIdentity;

    /// <summary>PEM file of the anchors: for the control plane's certificate, or standalone for every peer's.</summary>
    public string? TrustAnchorsFile { get; init; }

    /// <summary>File of the service-account token; read again for every connection.</summary>
    public string? TokenFile { get; init; }

    public IReadOnlyList<IPEndPoint> Outbound { get; init; } = [];

    public IReadOnlyList<InboundListenerConfig> Inbound { get; init; } = [];

    public IReadOnlyList<UpstreamListenerConfig> Upstreams { get; init; } = [];

    /// <summary>Where /ready, /live, /metrics and /config are served; null: nowhere.</summary>
    public IPEndPoint? Admin { get; init; }

    /// <summary>Standalone: JSON file of destinations and inbound policy.</summary>
    public string? DestinationsFile { get; init; }

    /// <summary>Standalone: PEM certificate chain, leaf first.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Standalone: PEM private key of the certificate.</summary>
    public string? KeyFile { get; init; }

    public int Loops { get; init; } = 1;

    /// <summary>How long requests in flight may take to finish after SIGTERM. 10 s: Docker's grace before it kills.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request waits for the first answer about its authority. 3 s: Linkerd's queue failfast.</summary>
    public TimeSpan DiscoveryTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a TCP connect may take. 1 s: Linkerd's outbound default.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>File that the access log goes to; "-" is standard output; null: standard output, and only what a policy asks for.</summary>
    public string? AccessLogFile { get; init; }

    /// <summary>How requests are logged where no policy says so; null: not at all.</summary>
    public AccessLogModel? AccessLog { get; init; }

    /// <summary>Header fields whose values taps never show, beyond <see cref="Telemetry.TapFields.Usual"/>.</summary>
    public IReadOnlyList<string> RedactedHeaders { get; init; } = [];

    /// <summary>Whose request headers may override timeouts and retries.</summary>
    public OverrideDialects Overrides { get; init; }

    /// <summary>How traces are made where no policy says anything; null: not at all.</summary>
    public TracingConfig? Tracing { get; init; } = new();

    /// <summary>Other meshes whose metrics are exposed too.</summary>
    public MetricsDialects MetricsDialects { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Info;

    public bool IsStandalone => ControlPlane is null;

    public static SpiffeId DefaultControlPlaneIdentity => SpiffeId.ForServiceAccount(
        ProtocolNames.DefaultTrustDomain, ProtocolNames.SystemNamespace, ProtocolNames.ControlPlaneServiceAccount);

    /// <summary>The part that the event loops need.</summary>
    public DataPlaneConfig ToDataPlaneConfig() => new()
    {
        Outbound = Outbound,
        Inbound = Inbound,
        Upstreams = Upstreams,
        Loops = Loops,
        ConnectTimeout = ConnectTimeout,
        DiscoveryTimeout = DiscoveryTimeout,
        AccessLog = AccessLog,
        Overrides = Overrides,
        MetricsDialects = MetricsDialects,
        Tracing = Tracing,
    };
}
