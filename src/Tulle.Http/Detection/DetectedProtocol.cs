namespace Tulle.Http.Detection;

/// <summary>What the first bytes of a connection say about it.</summary>
public enum DetectedProtocol : byte
{
    /// <summary>More bytes are needed; the caller bounds the wait.</summary>
    NeedMore,
    Http1,

    /// <summary>The connection preface of HTTP/2 with prior knowledge (RFC 9113 §3.4).</summary>
    Http2,

    /// <summary>A TLS ClientHello.</summary>
    Tls,

    /// <summary>None of these: relay as it is.</summary>
    Opaque,
}
