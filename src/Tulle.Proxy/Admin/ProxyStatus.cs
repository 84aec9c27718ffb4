using System.Net;
using Tulle.Proxy.Configuration;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Identity;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Admin;

/// <summary>What the admin port shows, gathered from whoever owns it. Every function may be called from any thread.</summary>
internal sealed record ProxyStatus
{
    public required ProxyConfig Config { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required Func<IdentityState> Identity { get; init; }

    public required Func<InboundSnapshot?> Inbound { get; init; }

    public required Func<IReadOnlyList<SubscriptionSnapshot>> Destinations { get; init; }

    /// <summary>Null standalone.</summary>
    public Func<StreamState>? Discovery { get; init; }

    /// <summary>Null standalone.</summary>
    public Func<StreamState>? Insight { get; init; }

    public required Func<IReadOnlyList<LoopMetrics>> Loops { get; init; }

    /// <summary>Backends with limits or health, over all loops.</summary>
    public Func<IReadOnlyList<SharedBackendState>> Backends { get; init; } = static () => [];

    /// <summary>Requests under way.</summary>
    public Func<int> InFlight { get; init; } = static () => 0;

    /// <summary>The addresses bound: outbound, inbound, upstreams, in the order of the configuration; empty before that.</summary>
    public required Func<IReadOnlyList<IPEndPoint>> Addresses { get; init; }

    public required Func<long> DroppedTapEvents { get; init; }

    /// <summary>Lines of the access log that were lost.</summary>
    public Func<long> DroppedAccessLogLines { get; init; } = static () => 0;

    /// <summary>Spans that found the buffer full.</summary>
    public Func<long> DroppedSpans { get; init; } = static () => 0;

    public required Func<long> RefusedSubscriptions { get; init; }

    /// <summary>Set once the listeners are up. Written by the main thread.</summary>
    public bool Listening
    {
        get => Volatile.Read(ref _listening);
        set => Volatile.Write(ref _listening, value);
    }

    /// <summary>Set when draining begins. Written by the main thread.</summary>
    public bool Draining
    {
        get => Volatile.Read(ref _draining);
        set => Volatile.Write(ref _draining, value);
    }

    private bool _listening;
    private bool _draining;

    public ListenerList Listeners()
    {
        IReadOnlyList<IPEndPoint> bound = Addresses();
        int inbound = Config.Outbound.Count, upstreams = inbound + Config.Inbound.Count;
        if (bound.Count != upstreams + Config.Upstreams.Count) return new ListenerList(Config.Outbound, Config.Inbound, Config.Upstreams);
        return new ListenerList(
            [.. bound.Take(inbound)],
            [.. Config.Inbound.Select((listener, i) => listener with { Listen = bound[inbound + i] })],
            [.. Config.Upstreams.Select((listener, i) => listener with { Listen = bound[upstreams + i] })]);
    }

    /// <summary>Null when the proxy can serve; otherwise what it waits for.</summary>
    public string? NotReadyReason()
    {
        if (Draining) return "draining";
        if (!Listening) return "the listeners are not up yet";
        if (Config.IsStandalone) return null;
        if (!Identity().HasCertificate)
            return Identity().LastError is { Length: > 0 } error ? $"there is no certificate yet: {error}" : "there is no certificate yet";
        if (Inbound() is not null) return null;
        return Discovery?.Invoke().LastError is { Length: > 0 } down ? $"there is no inbound policy yet: {down}" : "there is no inbound policy yet";
    }
}
