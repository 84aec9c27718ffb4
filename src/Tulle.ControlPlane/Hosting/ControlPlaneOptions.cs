using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Dashboard;
using Tulle.ControlPlane.Insight.Traces.Otlp;
using Tulle.Identity;
using Tulle.Kubernetes;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Hosting;

/// <summary>How to run a control plane.</summary>
public sealed record ControlPlaneOptions
{
    /// <summary>The API server that it works for, and as whom.</summary>
    public required KubernetesOptions Kubernetes { get; init; }

    /// <summary>Where proxies connect; port 0 takes a free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Trust domain of every identity that it issues.</summary>
    public string TrustDomain { get; init; } = ProtocolNames.DefaultTrustDomain;

    /// <summary>File that keeps a week of metrics; null keeps ten minutes of them, in memory.</summary>
    public string? HistoryPath { get; init; }

    /// <summary>File that keeps traces; null keeps them in memory.</summary>
    public string? TracesPath { get; init; }

    /// <summary>How to serve the dashboard; null: not served.</summary>
    public DashboardOptions? Dashboard { get; init; }

    /// <summary>Where applications send their own spans; null: nowhere.</summary>
    public OtlpReceiverOptions? OtlpReceiver { get; init; }

    /// <summary>Where kept spans are exported to; null: nowhere.</summary>
    public OtlpTarget? OtlpTarget { get; init; }

    /// <summary>Share of new traces that are recorded where no Telemetry says so, per million; null: what the proxies do by themselves, 1 %.</summary>
    public uint? TraceSamplingPpm { get; init; }

    /// <summary>Where <c>/metrics</c> is served, on loopback; port 0 takes a free one; null: nowhere.</summary>
    public IPEndPoint? Metrics { get; init; }

    /// <summary>Events that the API server keeps, the most there may be, and how many it dropped because of that, where it says so; null: it does not.</summary>
    public Func<(long Kept, long Limit, long Displaced)>? Events { get; init; }

    /// <summary>How long certificates of workloads are valid.</summary>
    public TimeSpan CertificateLifetime { get; init; } = CertificateIssuer.DefaultLifetime;

    /// <summary>A Prometheus that scrapes the proxies, to answer questions about traffic from; null: from what the proxies report.</summary>
    public Uri? Prometheus { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Spreads retries in time.</summary>
    public required Random Random { get; init; }

    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;
}
