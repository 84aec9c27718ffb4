using Google.Protobuf;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.Traces;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary>Spans as proxies report them.</summary>
internal static class SpanSamples
{
    /// <summary>Another trace for each number; 0 is the one of the W3C's examples.</summary>
    public static ProxySpan Span(ulong id, ulong parent, Direction direction, int trace = 0) => new()
    {
        TraceId = ByteString.CopyFrom(TraceSpan.Bytes(Trace(trace))),
        SpanId = id,
        ParentId = parent,
        Direction = direction,
        StartMicros = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000 + id,
        DurationMicros = 1_000,
        Sampled = true,
        Method = "GET",
        Scheme = "http",
        Authority = "users:80",
        Path = "/users/7",
        Status = 200,
        HttpVersion = "1.1",
        Attempts = 1,
    };

    public static UInt128 Trace(int number) => new UInt128(0x4bf92f3577b34da6, 0xa3ce929d0e0e4736) + (uint)number;

    /// <summary>As the control plane keeps it.</summary>
    public static TraceSpan Kept(ProxySpan span, string service = "web") =>
        ProxySpans.Of(span, new WorkloadPod("default", $"{service}-0", $"deployment/{service}", "", "spiffe://a", [service]), new ProxyId("default", $"{service}-0"))!;
}
