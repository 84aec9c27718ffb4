namespace Tulle.Http.Http2;

/// <summary>One thing that a peer's frames came to.</summary>
public readonly ref struct Http2Event
{
    public Http2EventKind Kind { get; init; }

    /// <summary>The stream it is about; null for the connection.</summary>
    public Http2Stream? Stream { get; init; }

    /// <summary>A piece of body, in the bytes that were given to read. May be empty when it ends the stream.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>The peer sends nothing more on the stream.</summary>
    public bool EndStream { get; init; }

    /// <summary>Why, for resets, refusals, GOAWAY and connection errors.</summary>
    public Http2Error Error { get; init; }
}
