namespace Tulle.Http.Http1;

/// <summary>What a peer may make the codec hold. All sizes in bytes.</summary>
public sealed record Http1Limits
{
    /// <summary>The limits in force unless configured.</summary>
    public static Http1Limits Default { get; } = new();

    /// <summary>
    /// Largest head (start line, fields, empty line). Default 60 KiB, Envoy's max_request_headers_kb; Kestrel takes 32 KiB
    /// and HAProxy one 16 KiB buffer. At most 65,535. Beyond it a request gets 431.
    /// </summary>
    public int HeadBytes
    {
        get;
        init => field = value is >= 64 and <= ushort.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A head limit must lie between 64 and 65535 bytes.");
    } = 60 * 1024;

    /// <summary>Longest request target. Default 8 KiB; RFC 9112 §3 asks for at least 8,000. Beyond it a request gets 414.</summary>
    public int TargetBytes { get; init; } = 8 * 1024;

    /// <summary>
    /// Interim responses to one request that a server may send. Default 100: servers that say 102 or 103 again and again while they work
    /// are rare, and Go's client took no more than 5 for years.
    /// </summary>
    public int InterimResponses { get; init; } = 100;

    /// <summary>Most header fields in a head. Default 100, as in Kestrel and Envoy. Beyond it a request gets 431.</summary>
    public int HeaderCount { get; init; } = 100;

    /// <summary>
    /// Longest chunk extension. Default 256: no application uses them, and large ones served attacks on memory
    /// (CVE-2023-39326). RFC 9112 §7.1.1 asks for a limit.
    /// </summary>
    public int ChunkExtensionBytes { get; init; } = 256;

    /// <summary>Largest trailer section of a chunked body. Default 8 KiB, a quarter of what Kestrel takes for all headers.</summary>
    public int TrailerBytes { get; init; } = 8 * 1024;
}
