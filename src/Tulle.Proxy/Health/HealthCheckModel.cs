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

    // gRPC Health Checking Protocol.
    private const string GrpcPath = "/grpc.health.v1.Health/Check";

    private HealthCheckModel(HealthCheck check)
    {
        IntervalMs = check.IntervalMs > 0 ? check.IntervalMs : DefaultIntervalMs;
        TimeoutMs = check.TimeoutMs > 0 ? check.TimeoutMs : DefaultTimeoutMs;
        UnhealthyThreshold = check.UnhealthyThreshold > 0 ? (int)Math.Min(check.UnhealthyThreshold, int.MaxValue) : DefaultUnhealthy;
        HealthyThreshold = check.HealthyThreshold > 0 ? (int)Math.Min(check.HealthyThreshold, int.MaxValue) : DefaultHealthy;
        if (check.Path.Length == 0) return;
        string authority = check.Authority.Length > 0 ? check.Authority : "localhost";
        Path = Encoding.ASCII.GetBytes(check.Path);
        Authority = Encoding.ASCII.GetBytes(authority);
        IsGrpc = check.Path == GrpcPath;
        Request = [.. Encoding.ASCII.GetBytes($"GET {check.Path} HTTP/1.1\r\nhost: {authority}\r\nuser-agent: "), .. UserAgent, .. "\r\nconnection: close\r\n\r\n"u8];
    }

    /// <summary>How checks introduce themselves.</summary>
    public static ReadOnlySpan<byte> UserAgent => "tulle-health-check"u8;

    public long IntervalMs { get; }

    public long TimeoutMs { get; }

    /// <summary>Failures in a row after which an endpoint is out.</summary>
    public int UnhealthyThreshold { get; }

    /// <summary>Successes in a row after which it is back.</summary>
    public int HealthyThreshold { get; }

    /// <summary>What HTTP checks ask for; empty: a connection is enough.</summary>
    public byte[] Path { get; } = [];

    /// <summary>Whom they ask, in the server's words.</summary>
    public byte[] Authority { get; } = [];

    /// <summary>The path is that of gRPC's health service, which is called instead of asked with GET.</summary>
    public bool IsGrpc { get; }

    /// <summary>The request of a check in HTTP/1.1; null: a connection is enough.</summary>
    public byte[]? Request { get; }

    /// <summary>Null without a check.</summary>
    public static HealthCheckModel? Compile(HealthCheck? check) => check is null ? null : new HealthCheckModel(check);
}
