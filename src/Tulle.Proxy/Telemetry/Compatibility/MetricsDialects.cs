namespace Tulle.Proxy.Telemetry.Compatibility;

/// <summary>Other meshes whose metrics are exposed beside our own.</summary>
[Flags]
internal enum MetricsDialects : byte
{
    None = 0,

    /// <summary><c>istio_requests_total</c> and company, for Kiali and boards made for Istio.</summary>
    Istio = 1,

    /// <summary>Linkerd's labels on the metrics that have its names, and those of its names that are missing.</summary>
    Linkerd = 2,
}
