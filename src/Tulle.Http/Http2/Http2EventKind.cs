namespace Tulle.Http.Http2;

/// <summary>What <see cref="Http2Connection.Read"/> found.</summary>
public enum Http2EventKind : byte
{
    /// <summary>All frames that are complete were taken: call again with more bytes.</summary>
    NeedMore,

    /// <summary>Server: a new stream with its request's head in <see cref="Http2Stream.Head"/>. It must be released.</summary>
    Request,

    /// <summary>Client: the final response's head is in <see cref="Http2Stream.Head"/>.</summary>
    Response,

    /// <summary>Client: an interim response's head is in <see cref="Http2Stream.Head"/>, until the next one.</summary>
    Interim,

    /// <summary>A piece of body. It counts against the windows until <see cref="Http2Connection.Consume"/>.</summary>
    Data,

    /// <summary>Trailers are in <see cref="Http2Stream.Trailers"/>; the stream's other side has ended.</summary>
    Trailers,

    /// <summary>The stream was reset, by the peer or because of an error of the peer; nothing more may be written to it.</summary>
    Reset,

    /// <summary>A request was refused before it became a stream, and answered.</summary>
    Refused,

    /// <summary>A stream, or the connection when there is none, may send DATA again.</summary>
    WindowOpened,

    /// <summary>The peer's settings came: windows and limits may have changed.</summary>
    Settings,

    /// <summary>The answer to <see cref="Http2Connection.Ping"/>.</summary>
    PingAnswered,

    /// <summary>The peer takes no more streams. Those that it did not process follow as <see cref="Reset"/>.</summary>
    GoAway,

    /// <summary>The connection is over; GOAWAY waits to be sent. Streams that are left are to be failed by their owners.</summary>
    ConnectionError,
}
