using Tulle.Http.Http1;

namespace Tulle.Http.Detection;

/// <summary>
/// Tells a protocol from the first bytes that a client sent. Redis' "GET key" and memcached's "get key" look like HTTP until
/// the end of the line, so the line must name a version. Malformed HTTP counts as HTTP and is refused by the codec: were it
/// relayed as opaque, a lenient server might serve it, and a client could slip past everything that the mesh does to requests.
/// </summary>
public static class ProtocolDetector
{
    private const int MaxMethodBytes = 32;
    private const byte TlsHandshakeRecord = 22;
    private const byte TlsClientHello = 1;

    /// <summary>What an HTTP/2 client sends first (RFC 9113 §3.4).</summary>
    public static ReadOnlySpan<byte> Http2Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>
    /// Looks at everything received so far; after NeedMore pass the same bytes with more behind them. Past the longest
    /// request line (<see cref="Http1Limits.TargetBytes"/>) the answer is final. A caller that stops waiting must treat
    /// NeedMore for a non-empty input as a failed request, not as opaque, for the reason given above.
    /// </summary>
    public static DetectedProtocol Detect(ReadOnlySpan<byte> first)
    {
        if (first.IsEmpty) return DetectedProtocol.NeedMore;
        if (first[0] == TlsHandshakeRecord) return DetectTls(first);
        if (StartsAlike(first, Http2Preface))
            return first.Length >= Http2Preface.Length ? DetectedProtocol.Http2 : DetectedProtocol.NeedMore;
        return DetectHttp1(first);
    }

    /// <summary>A record of SSL 3.0 to TLS 1.3's legacy version (RFC 8446 §5.1) that starts a ClientHello (§4).</summary>
    private static DetectedProtocol DetectTls(ReadOnlySpan<byte> first)
    {
        if (first.Length > 1 && first[1] != 3) return DetectedProtocol.Opaque;
        if (first.Length > 2 && first[2] > 4) return DetectedProtocol.Opaque;
        if (first.Length < 6) return DetectedProtocol.NeedMore;
        return first[5] == TlsClientHello ? DetectedProtocol.Tls : DetectedProtocol.Opaque;
    }

    private static DetectedProtocol DetectHttp1(ReadOnlySpan<byte> first)
    {
        DetectedProtocol undecided = first.Length > Http1Limits.Default.TargetBytes ? DetectedProtocol.Http1 : DetectedProtocol.NeedMore;

        // Servers skip empty lines before a request (RFC 9112 §2.2).
        int start = first.IndexOfAnyExcept((byte)'\r', (byte)'\n');
        if (start < 0) return undecided;
        ReadOnlySpan<byte> line = first[start..];

        int word = line.IndexOfAnyExcept(Characters.Token);
        if (word < 0) return line.Length > MaxMethodBytes ? DetectedProtocol.Opaque : DetectedProtocol.NeedMore;
        if (word is 0 or > MaxMethodBytes || line[word] is not ((byte)' ' or (byte)'\t')) return DetectedProtocol.Opaque;

        int end = line.IndexOf((byte)'\n');
        if (end >= 0) line = line[..end];
        if (line.IndexOf("HTTP/"u8) >= 0) return DetectedProtocol.Http1;
        return end >= 0 ? DetectedProtocol.Opaque : undecided;
    }

    private static bool StartsAlike(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> prefix)
    {
        int common = Math.Min(bytes.Length, prefix.Length);
        return bytes[..common].SequenceEqual(prefix[..common]);
    }
}
