using System.Net;

namespace Tulle.ControlPlane.Insight.Traces.Otlp;

/// <summary>Where applications send their own spans, in OpenTelemetry's protocol. Loopback addresses: nobody is asked who they are.</summary>
public sealed record OtlpReceiverOptions
{
    /// <summary>For gRPC; port 0 takes a free one.</summary>
    public required IPEndPoint Grpc { get; init; }

    /// <summary>For HTTP with protobuf or JSON; port 0 takes a free one.</summary>
    public required IPEndPoint Http { get; init; }
}
