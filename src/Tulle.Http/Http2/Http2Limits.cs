using Tulle.Http.Http1;

namespace Tulle.Http.Http2;

/// <summary>What a peer may make the codec hold and do. All sizes in bytes. Immutable; any thread.</summary>
public sealed record Http2Limits
{
    /// <summary>The limits in force unless configured.</summary>
    public static Http2Limits Default { get; } = new();

    /// <summary>Streams that a client may have open. Default 100, which RFC 9113 §6.5.2 names as the least, and which Kestrel and Go's successors use.</summary>
    public int ConcurrentStreams { get; init; } = 100;

    /// <summary>
    /// Largest head, counted as RFC 9113 §6.5.2 does: 32 bytes more per field than its name and value. Default 60 KiB, as for
    /// HTTP/1.1. At most 65,000. A request beyond it is answered with 431.
    /// </summary>
    public int HeaderListBytes
    {
        get;
        init => field = value is >= 64 and <= 65_000
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A header list limit must lie between 64 and 65000 bytes.");
    } = 60 * 1024;

    /// <summary>Most fields in a head, pseudo-header fields included. Default 128: HTTP/1.1's 100, and cookies that come in crumbs (RFC 9113 §8.2.3).</summary>
    public int HeaderCount { get; init; } = 128;

    /// <summary>Largest compressed field block over all its frames. Default 64 KiB: what decodes to less than the list limit is hardly longer.</summary>
    public int HeaderBlockBytes { get; init; } = 64 * 1024;

    /// <summary>Most CONTINUATION frames of one field block. Default 16: a block at its limit needs four. CVE-2024-27316 is the flood of them.</summary>
    public int ContinuationFrames { get; init; } = 16;

    /// <summary>Interim responses to one request that a server may send. Default 100, as for HTTP/1.1.</summary>
    public int InterimResponses { get; init; } = Http1Limits.Default.InterimResponses;

    /// <summary>
    /// Receive window of a stream: the most of a body that waits for a slow receiver. Default 65,535, the initial value of
    /// RFC 9113 §6.9.2 and Linkerd's, which is also the least: a peer may send as much before it has read our SETTINGS.
    /// </summary>
    public int StreamWindow
    {
        get;
        init => field = value >= Http2Settings.DefaultWindow
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A stream's window must be at least 65535 bytes.");
    } = Http2Settings.DefaultWindow;

    /// <summary>
    /// Receive window of the connection, the most that waits over all its streams. Default 1 MiB, Linkerd's. Streams that nobody
    /// reads hold a share of it, so a client that shares a connection among strangers needs one for all of them.
    /// </summary>
    public int ConnectionWindow { get; init; } = 1024 * 1024;

    /// <summary>Bytes that may wait to be sent before DATA has to wait. Default 64 KiB; control frames and heads go on top.</summary>
    public int OutputBytes { get; init; } = 64 * 1024;

    /// <summary>
    /// Bytes that may wait to be sent before nothing more is read from the peer, so that answers to its frames cannot pile
    /// up. Default 256 KiB.
    /// </summary>
    public int OutputPauseBytes { get; init; } = 256 * 1024;

    /// <summary>
    /// Streams that a peer may reset at once, refilled at <see cref="ResetsPerSecond"/>. Default 1,000, nghttp2's: enough
    /// for a burst of deadlines, and far below what CVE-2023-44487 (rapid reset) needs.
    /// </summary>
    public int ResetBurst { get; init; } = 1_000;

    /// <summary>
    /// Resets per second that are always fine. Default 500: between two sidecars one connection carries everybody's requests,
    /// and when a server stalls all of their deadlines pass. nghttp2, which serves one client per connection, takes 33; attacks
    /// send a hundred thousand.
    /// </summary>
    public int ResetsPerSecond { get; init; } = 500;

    /// <summary>
    /// Frames that do nothing for a request (PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty DATA, unknown ones) that may
    /// come at once. Frames that do earn as many again. Default 1,000.
    /// </summary>
    public int IdleFrameBurst { get; init; } = 1_000;

    /// <summary>Such frames per second that are always fine. Default 100.</summary>
    public int IdleFramesPerSecond { get; init; } = 100;
}
