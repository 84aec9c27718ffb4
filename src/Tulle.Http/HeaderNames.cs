using System.Text;

namespace Tulle.Http;

/// <summary>Recognises header names. Names are case-insensitive (RFC 9110 §5.1).</summary>
internal static class HeaderNames
{
    /// <summary>
    /// The id of a field name. Length and first letter rule nearly every other name out, so that the comparison runs
    /// only for names that are almost certainly known.
    /// </summary>
    public static KnownHeader Identify(ReadOnlySpan<byte> name)
    {
        int first = name[0] | 0x20;
        return name.Length switch
        {
            2 when first == 'b' && name[1] == '3' => KnownHeader.B3,
            2 when first == 't' && Ascii.EqualsIgnoreCase(name, "te"u8) => KnownHeader.Te,
            4 when first == 'h' && Ascii.EqualsIgnoreCase(name, "host"u8) => KnownHeader.Host,
            6 when first == 'e' && Ascii.EqualsIgnoreCase(name, "expect"u8) => KnownHeader.Expect,
            7 when first == 'u' && Ascii.EqualsIgnoreCase(name, "upgrade"u8) => KnownHeader.Upgrade,
            10 when first == 'c' && Ascii.EqualsIgnoreCase(name, "connection"u8) => KnownHeader.Connection,
            10 when first == 'k' && Ascii.EqualsIgnoreCase(name, "keep-alive"u8) => KnownHeader.KeepAlive,
            10 when first == 't' && Ascii.EqualsIgnoreCase(name, "tracestate"u8) => KnownHeader.TraceState,
            10 when first == 'x' && Ascii.EqualsIgnoreCase(name, "x-b3-flags"u8) => KnownHeader.B3Flags,
            11 when first == 't' && Ascii.EqualsIgnoreCase(name, "traceparent"u8) => KnownHeader.TraceParent,
            11 when first == 'x' && Ascii.EqualsIgnoreCase(name, "x-b3-spanid"u8) => KnownHeader.B3SpanId,
            12 when first == 'x' && Ascii.EqualsIgnoreCase(name, "x-b3-traceid"u8) => KnownHeader.B3TraceId,
            12 when first == 'x' && Ascii.EqualsIgnoreCase(name, "x-b3-sampled"u8) => KnownHeader.B3Sampled,
            12 when first == 'x' && Ascii.EqualsIgnoreCase(name, "x-request-id"u8) => KnownHeader.RequestId,
            14 when first == 'c' && Ascii.EqualsIgnoreCase(name, "content-length"u8) => KnownHeader.ContentLength,
            14 when first == 'h' && Ascii.EqualsIgnoreCase(name, "http2-settings"u8) => KnownHeader.Http2Settings,
            16 when first == 'p' && Ascii.EqualsIgnoreCase(name, "proxy-connection"u8) => KnownHeader.ProxyConnection,
            17 when first == 't' && Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8) => KnownHeader.TransferEncoding,
            17 when first == 'x' && Ascii.EqualsIgnoreCase(name, "x-b3-parentspanid"u8) => KnownHeader.B3ParentSpanId,
            19 when first == 'p' && Ascii.EqualsIgnoreCase(name, "proxy-authorization"u8) => KnownHeader.ProxyAuthorization,
            _ => KnownHeader.Other,
        };
    }

    /// <summary>A field that decides about framing, routing or the connection.</summary>
    public static bool IsOfMessage(KnownHeader id) => id is > KnownHeader.Other and < KnownHeader.TraceParent;
}
