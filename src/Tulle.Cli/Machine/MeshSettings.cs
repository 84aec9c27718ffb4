namespace Tulle.Cli.Machine;

/// <summary>What a command asks of the mesh that it starts.</summary>
internal sealed record MeshSettings
{
    /// <summary>Forget the objects of earlier meshes.</summary>
    public bool Fresh { get; init; }

    /// <summary>How long sidecars' certificates are valid; null: a day.</summary>
    public TimeSpan? CertificateLifetime { get; init; }

    /// <summary>A Prometheus to answer insight questions from; null: none.</summary>
    public Uri? Prometheus { get; init; }

    /// <summary>What becomes of traces.</summary>
    public TracingChoice Tracing { get; init; } = new(false, null, null);

    /// <summary>Other meshes whose metrics sidecars expose too; empty: none.</summary>
    public string MetricsCompat { get; init; } = "";

    /// <summary>Header fields whose values no tap shows, beyond the usual secrets.</summary>
    public IReadOnlyList<string> RedactedHeaders { get; init; } = [];
}
