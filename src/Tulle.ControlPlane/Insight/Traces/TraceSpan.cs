using System.Buffers.Binary;
using Tulle.Protocol.Otlp;

namespace Tulle.ControlPlane.Insight.Traces;

/// <summary>Who made a span. The numbers are those of the database.</summary>
internal enum SpanSource
{
    Outbound = 1,
    Inbound = 2,
    Application = 3,
}

/// <summary>Why a trace is kept, the best reason first. The numbers are those of the database.</summary>
internal enum KeptFor
{
    Sampled = 1,
    Error = 2,
    Slow = 3,
    Application = 4,
}

/// <summary>A span, of a proxy or an application. What is searched for stands beside OpenTelemetry's own form. Immutable once made.</summary>
internal sealed record TraceSpan
{
    public required UInt128 TraceId { get; init; }

    public required ulong SpanId { get; init; }

    /// <summary>0: the root.</summary>
    public required ulong ParentId { get; init; }

    public required SpanSource Source { get; init; }

    public required KeptFor KeptFor { get; init; }

    /// <summary>Where the workload is that made it; empty when that is not known.</summary>
    public required string Namespace { get; init; }

    /// <summary>The service that made it.</summary>
    public required string Service { get; init; }

    /// <summary><c>deployment/user-service</c>; empty when that is not known.</summary>
    public string Workload { get; init; } = "";

    public string Pod { get; init; } = "";

    /// <summary>Named route; empty without.</summary>
    public string Route { get; init; } = "";

    /// <summary>Name of the rule that matched; empty without.</summary>
    public string Rule { get; init; } = "";

    /// <summary>HTTP status; 0 without.</summary>
    public int Status { get; init; }

    /// <summary>Everything else.</summary>
    public required Span Span { get; init; }

    /// <summary>Who an application says it is, to be passed on as it came; null for proxies, and for what was read from the store.</summary>
    public Resource? Resource { get; init; }

    /// <summary>What made an application's span, to be passed on.</summary>
    public InstrumentationScope? Scope { get; init; }

    public long StartMicros => (long)(Span.StartTimeUnixNano / 1_000);

    public long DurationMicros => Span.EndTimeUnixNano <= Span.StartTimeUnixNano ? 0 : (long)((Span.EndTimeUnixNano - Span.StartTimeUnixNano) / 1_000);

    public bool IsError => Span.Status?.Code == Protocol.Otlp.Status.Types.StatusCode.Error;

    /// <summary>An id as it is written: 32 digits.</summary>
    public static string Text(UInt128 traceId) => traceId.ToString("x32", null);

    /// <summary>An id as it is written: 16 digits.</summary>
    public static string Text(ulong spanId) => spanId.ToString("x16", null);

    /// <summary>Reads the id of a trace; false when it is none.</summary>
    public static bool TryReadTraceId(ReadOnlySpan<byte> bytes, out UInt128 id)
    {
        id = bytes.Length == 16 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : 0;
        return id != 0;
    }

    /// <summary>The id of a span; 0 when it is none.</summary>
    public static ulong ReadSpanId(ReadOnlySpan<byte> bytes) => bytes.Length == 8 ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : 0;

    /// <summary>The id of a trace as bytes, for the wire and the database.</summary>
    public static byte[] Bytes(UInt128 id)
    {
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        return bytes;
    }

    /// <summary>The id of a span as bytes, for the wire.</summary>
    public static byte[] Bytes(ulong id)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, id);
        return bytes;
    }
}
