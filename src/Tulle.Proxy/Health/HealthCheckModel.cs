using System.Text;
using Tulle.Protocol;

namespace Tulle.Proxy.Health;

/// <summary>How a backend's endpoints are checked. Times in milliseconds. Immutable; any thread.</summary>
internal sealed class HealthCheckModel
{
    // Kubernetes' defaults for probes: 10 s, 1 s, 3 failures, 1 success.
    private const long DefaultIntervalMs = 10_000;
    private const long DefaultTimeoutMs = 1_000;
    private const int DefaultUnhealthy = 3;
    private const int DefaultHealthy = 1;

    private HealthCheckModel(HealthCheck check)
    {
        IntervalMs = check.IntervalMs > 0 ? check.IntervalMs : DefaultIntervalMs;
        TimeoutMs = check.TimeoutMs > 0 ? check.TimeoutMs : DefaultTimeoutMs;
        UnhealthyThreshold = check.UnhealthyThreshold > 0 ? (int)Math.Min(check.UnhealthyThreshold, int.MaxValue) : DefaultUnhealthy;
        HealthyThreshold = check.HealthyThreshold > 0 ? (int)Math.Min(check.HealthyThreshold, int.MaxValue) : DefaultHealthy;
        if (check.Path.Length == 0) return;
        string authority = check.Authority.Length > 0 ? check.Authority : "localhost";
        Request = Encoding.ASCII.GetBytes($"GET {check.Path} HTTP/1.1\r\nhost: {authority}\r\nuser-agent: tulle-health-check\r\nconnection: close\r\n\r\n");
    }

    public long IntervalMs { get; }

    public long TimeoutMs { get; }

    /// <summary>Failures in a row after which an endpoint is out.</summary>
    public int UnhealthyThreshold { get; }

    /// <summary>Successes in a row after which it is back.</summary>
    public int HealthyThreshold { get; }

    /// <summary>The HTTP request of a check; null: a connection is enough.</summary>
    public byte[]? Request { get; }

    /// <summary>Null without a check.</summary>
    public static HealthCheckModel? Compile(HealthCheck? check) => check is null ? null : new HealthCheckModel(check);
}
