namespace Tulle.Http;

/// <summary>How the end of a message's body is found (RFC 9112 §6.3).</summary>
public enum MessageFraming : byte
{
    /// <summary>No body follows the head.</summary>
    None,

    /// <summary>A known number of bytes.</summary>
    ContentLength,

    /// <summary>Chunked transfer coding with optional trailers.</summary>
    Chunked,

    /// <summary>Everything until the peer closes; responses only.</summary>
    UntilClose,
}
