namespace Tulle.Http;

/// <summary>Header fields that decide about framing, routing or the connection, and behind them those of tracing.</summary>
public enum KnownHeader : byte
{
    /// <summary>Any other field.</summary>
    Other,
    Host,
    Connection,
    ContentLength,
    TransferEncoding,
    Upgrade,
    Expect,
    KeepAlive,
    ProxyConnection,
    ProxyAuthorization,
    Te,
    Http2Settings,

    /// <summary>W3C Trace Context, the first of those that only tracing looks at: codecs treat them as <see cref="Other"/>.</summary>
    TraceParent,
    TraceState,

    /// <summary>B3 in one field.</summary>
    B3,

    /// <summary>The first of B3's several fields, <c>x-b3-…</c>.</summary>
    B3TraceId,
    B3SpanId,
    B3ParentSpanId,
    B3Sampled,
    B3Flags,

    /// <summary><c>x-request-id</c>.</summary>
    RequestId,
}
