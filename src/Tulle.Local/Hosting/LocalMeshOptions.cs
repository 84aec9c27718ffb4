using Tulle.ControlPlane.Insight.Traces.Otlp;
using Tulle.Local.Compose;

namespace Tulle.Local.Hosting;

/// <summary>How to bring up a mesh on this machine.</summary>
public sealed record LocalMeshOptions
{
    public required MeshHome Home { get; init; }

    public required ComposeConfig Compose { get; init; }

    /// <summary>Where tulle-proxy is; also added to the PATH of applications.</summary>
    public required string ExecutableFolder { get; init; }

    /// <summary>Variables that applications inherit.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required IMeshProgress Progress { get; init; }

    /// <summary>How long certificates of sidecars are valid; null: the control plane's default.</summary>
    public TimeSpan? CertificateLifetime { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Jitter of reconnects.</summary>
    public required Random Random { get; init; }

    /// <summary>Proxies make no spans and leave the headers of traces alone.</summary>
    public bool LeavesTraces { get; init; }

    /// <summary>Share of new traces that are recorded where no Telemetry says so, per million; null: 1 %.</summary>
    public uint? TraceSamplingPpm { get; init; }

    /// <summary>Where kept spans are exported to; null: nowhere.</summary>
    public OtlpTarget? OtlpTarget { get; init; }

    /// <summary>Other meshes whose metrics sidecars expose too, as <c>tulle-proxy --metrics-compat</c> takes them; empty: none.</summary>
    public string MetricsCompat { get; init; } = "";

    /// <summary>Header fields whose values no tap shows, beyond the usual secrets and those that the Compose file names.</summary>
    public IReadOnlyList<string> RedactedHeaders { get; init; } = [];

    /// <summary>A Prometheus that scrapes the sidecars, to answer insight questions from; null: from what they report.</summary>
    public Uri? Prometheus { get; init; }

    /// <summary>Forget the objects of earlier meshes: the demo starts clean.</summary>
    public bool Fresh { get; init; }
}

/// <summary>The mesh cannot start; the message says why and what to do.</summary>
public sealed class MeshStartException(string message, bool alreadyRunning = false, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the reason is that one runs already.</summary>
    public bool AlreadyRunning { get; } = alreadyRunning;
}
