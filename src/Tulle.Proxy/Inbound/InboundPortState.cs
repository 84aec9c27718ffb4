using System.Net;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Model;
using Tulle.Proxy.Pooling;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;
using Tulle.Proxy.Tracing;
using Tulle.Transport;

namespace Tulle.Proxy.Inbound;

/// <summary>One inbound port on one event loop: the application behind it, and the policy in force. Loop thread only.</summary>
internal sealed class InboundPortState
{
    private readonly SharedDestinationState _shared;
    private readonly SharedBackendState _backend;

    public InboundPortState(Worker worker, InboundListenerConfig config)
    {
        string name = $"inbound {config.Application}";
        _shared = worker.Shared.AcquireDestination(name);
        Listen = config.Listen;
        Application = new EndpointPool(worker, config.Application.ToString(), new PeerAddress(config.Application), identity: "");
        _backend = worker.Shared.AcquireBackend(name);
        Limits = new BackendLimits(worker.Loop, _backend, Application.CloseOneIdle);
        Application.Limits = Limits;
        Policy = InboundPortModel.Default;
    }

    /// <summary>With the port that was bound, which is the pod port that policies name.</summary>
    public IPEndPoint Listen
    {
        get;
        set
        {
            field = value;
            ListenText = value.ToString();
        }
    }

    /// <summary><see cref="Listen"/> as text.</summary>
    public string ListenText { get; private set; } = "";

    /// <summary>The application; its pool is plaintext on loopback.</summary>
    public EndpointPool Application { get; }

    /// <summary>The application spoke first the last time, so the next client need not be waited for.</summary>
    public bool ServerSpeaksFirst { get; set; }

    /// <summary>What its clients are called in their requests.</summary>
    public IdentityEdits IdentityEdits { get; } = new();

    /// <summary>What the application takes, of all loops together.</summary>
    public BackendLimits Limits { get; }

    /// <summary>The port's rate, of all loops together.</summary>
    public RateLimiter RateLimiter => _shared.LimiterOf("");

    /// <summary>Replaced as a whole by every policy.</summary>
    public InboundPortModel Policy
    {
        get;
        set
        {
            field = value;
            Limits.Model = value.ConnectionPool;
            _backend.Pool = value.ConnectionPool;
        }
    }
}

/// <summary>What the inbound policy says about one port. Immutable; any thread.</summary>
internal sealed class InboundPortModel
{
    /// <summary>In force until the control plane has spoken: nothing is known, so nothing is refused.</summary>
    public static InboundPortModel Default { get; } = new();

    public MtlsMode Mode { get; init; }

    public Protocol.Protocol Protocol { get; init; }

    public string ServiceNamespace { get; init; } = "";

    public string ServiceName { get; init; } = "";

    public uint ServicePort { get; init; }

    /// <inheritdoc cref="DestinationModel.AccessLog"/>
    public AccessLogModel? AccessLog { get; init; }

    /// <inheritdoc cref="DestinationModel.HasAccessLog"/>
    public bool HasAccessLog { get; init; }

    /// <inheritdoc cref="DestinationModel.Tracing"/>
    public TracingModel? Tracing { get; init; }

    public RouteNamesModel Names { get; init; } = RouteNamesModel.Empty;

    /// <summary>Rate limits.</summary>
    public RoutePolicyModel Rate { get; init; } = RoutePolicyModel.Default;

    /// <summary>Limits towards the application.</summary>
    public ConnectionPoolModel ConnectionPool { get; init; } = ConnectionPoolModel.None;
}
