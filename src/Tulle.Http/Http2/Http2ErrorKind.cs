namespace Tulle.Http.Http2;

/// <summary>Why a stream or connection was refused. <see cref="Http2Error"/> says what each means on the wire.</summary>
public enum Http2ErrorKind : byte
{
    None,

    // The peer's own words.
    ResetByPeer,
    RefusedByGoAway,

    // Connection errors.
    InvalidPreface,
    SettingsExpected,
    FrameTooLarge,
    InvalidFrameLength,
    InvalidPadding,
    FrameOnStreamZero,
    FrameOnStream,
    FrameOnIdleStream,
    FrameOnClosedStream,
    UnexpectedContinuation,
    ContinuationExpected,
    InvalidStreamId,
    UnexpectedPush,
    InvalidSetting,
    InvalidWindowSetting,
    InvalidGoAway,
    CompressionError,
    ConnectionWindowOverflow,
    ConnectionWindowExceeded,
    WindowIncrementZero,

    // Limits; connection errors.
    HeaderBlockTooLarge,
    ContinuationFlood,
    RapidReset,
    SettingsFlood,
    PingFlood,
    PriorityFlood,
    WindowUpdateFlood,
    EmptyDataFlood,
    UnknownFrameFlood,
    ClosedStreamFlood,

    // Stream errors.
    StreamWindowOverflow,
    StreamWindowExceeded,
    StreamWindowIncrementZero,
    FrameAfterEndStream,
    TooManyStreams,
    HeadTooLarge,
    TooManyInterimResponses,

    // Malformed messages, RFC 9113 §8.1.1; stream errors.
    InvalidHeaderName,
    InvalidHeaderValue,
    UnknownPseudoHeader,
    RepeatedPseudoHeader,
    PseudoHeaderAfterField,
    PseudoHeaderInTrailers,
    MissingPseudoHeader,
    ConnectionSpecificHeader,
    InvalidMethod,
    InvalidScheme,
    InvalidPath,
    InvalidAuthority,
    ConflictingAuthority,
    InvalidStatus,
    InvalidConnect,
    InvalidContentLength,
    ContentLengthMismatch,
    DataBeforeHeaders,
    TrailersWithoutEndStream,
    InterimWithEndStream,
}
