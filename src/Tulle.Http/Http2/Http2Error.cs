namespace Tulle.Http.Http2;

/// <summary>A refused stream or connection: what was wrong and the code that says so on the wire.</summary>
/// <param name="Kind">The reason.</param>
/// <param name="Code">The code that was sent, or that the peer sent.</param>
public readonly record struct Http2Error(Http2ErrorKind Kind, Http2ErrorCode Code)
{
    internal Http2Error(Http2ErrorKind kind) : this(kind, CodeOf(kind))
    {
    }

    /// <summary>The peer sent nothing that harms, but too much of it.</summary>
    public bool IsAbuse => Code == Http2ErrorCode.EnhanceYourCalm && Kind != Http2ErrorKind.ResetByPeer;

    /// <summary>One line for a person, ASCII.</summary>
    public string Text => Kind switch
    {
        Http2ErrorKind.None => "no error",
        Http2ErrorKind.ResetByPeer => "the peer reset the stream",
        Http2ErrorKind.RefusedByGoAway => "the peer is going away and did not process the stream",
        Http2ErrorKind.InvalidPreface => "the connection does not begin with the HTTP/2 preface",
        Http2ErrorKind.SettingsExpected => "the first frame is not SETTINGS",
        Http2ErrorKind.FrameTooLarge => "a frame is larger than SETTINGS_MAX_FRAME_SIZE",
        Http2ErrorKind.InvalidFrameLength => "a frame has a length that its type does not allow",
        Http2ErrorKind.InvalidPadding => "the padding is longer than the frame",
        Http2ErrorKind.FrameOnStreamZero => "a frame that belongs to a stream came on stream 0",
        Http2ErrorKind.FrameOnStream => "a frame that belongs to the connection came on a stream",
        Http2ErrorKind.FrameOnIdleStream => "a frame came on a stream that is not open yet",
        Http2ErrorKind.FrameOnClosedStream => "a frame came on a stream that the peer had ended",
        Http2ErrorKind.UnexpectedContinuation => "a CONTINUATION frame follows no open field block",
        Http2ErrorKind.ContinuationExpected => "a field block was interrupted by another frame",
        Http2ErrorKind.InvalidStreamId => "a new stream has an even number or one that is not above the last",
        Http2ErrorKind.UnexpectedPush => "the peer pushes although push is disabled",
        Http2ErrorKind.InvalidSetting => "a setting has a value that is not allowed",
        Http2ErrorKind.InvalidWindowSetting => "SETTINGS_INITIAL_WINDOW_SIZE makes a window larger than 2^31-1",
        Http2ErrorKind.InvalidGoAway => "a GOAWAY frame takes back what an earlier one said",
        Http2ErrorKind.CompressionError => "a field block is not valid HPACK",
        Http2ErrorKind.ConnectionWindowOverflow => "the connection's window grows beyond 2^31-1",
        Http2ErrorKind.ConnectionWindowExceeded => "the peer sent more than the connection's window",
        Http2ErrorKind.WindowIncrementZero => "a WINDOW_UPDATE frame on the connection adds nothing",
        Http2ErrorKind.HeaderBlockTooLarge => "a field block is too large",
        Http2ErrorKind.ContinuationFlood => "a field block has too many CONTINUATION frames",
        Http2ErrorKind.RapidReset => "the peer opens and resets streams too fast",
        Http2ErrorKind.SettingsFlood => "the peer sends too many SETTINGS frames",
        Http2ErrorKind.PingFlood => "the peer sends too many PING frames",
        Http2ErrorKind.PriorityFlood => "the peer sends too many PRIORITY frames",
        Http2ErrorKind.WindowUpdateFlood => "the peer sends too many WINDOW_UPDATE frames",
        Http2ErrorKind.EmptyDataFlood => "the peer sends too many empty DATA frames",
        Http2ErrorKind.UnknownFrameFlood => "the peer sends too many frames of unknown types",
        Http2ErrorKind.ClosedStreamFlood => "the peer sends too many frames on closed streams",
        Http2ErrorKind.StreamWindowOverflow => "a stream's window grows beyond 2^31-1",
        Http2ErrorKind.StreamWindowExceeded => "the peer sent more than the stream's window",
        Http2ErrorKind.StreamWindowIncrementZero => "a WINDOW_UPDATE frame on a stream adds nothing",
        Http2ErrorKind.FrameAfterEndStream => "a frame follows the end of the stream",
        Http2ErrorKind.TooManyStreams => "there are more streams than SETTINGS_MAX_CONCURRENT_STREAMS",
        Http2ErrorKind.HeadTooLarge => "the header section is too large",
        Http2ErrorKind.TooManyInterimResponses => "there are too many interim responses",
        Http2ErrorKind.InvalidHeaderName => "a header name is empty or holds a character that is not allowed, such as an upper-case letter",
        Http2ErrorKind.InvalidHeaderValue => "a header value holds a control character or begins or ends with white space",
        Http2ErrorKind.UnknownPseudoHeader => "there is a pseudo-header field that does not belong here",
        Http2ErrorKind.RepeatedPseudoHeader => "a pseudo-header field is repeated",
        Http2ErrorKind.PseudoHeaderAfterField => "a pseudo-header field follows an ordinary one",
        Http2ErrorKind.PseudoHeaderInTrailers => "there is a pseudo-header field in the trailers",
        Http2ErrorKind.MissingPseudoHeader => "a pseudo-header field is missing",
        Http2ErrorKind.ConnectionSpecificHeader => "there is a connection-specific header, or TE with something else than trailers",
        Http2ErrorKind.InvalidMethod => "the method is not a token of at most 32 characters",
        Http2ErrorKind.InvalidScheme => "the scheme is not a scheme",
        Http2ErrorKind.InvalidPath => "the path does not begin with '/', holds a character that is not allowed, or is longer than 8 KiB",
        Http2ErrorKind.InvalidAuthority => "there is no authority, or it is not host[:port]",
        Http2ErrorKind.ConflictingAuthority => "Host names another server than :authority",
        Http2ErrorKind.InvalidStatus => "the status is not a number from 100 to 999, or it is 101",
        Http2ErrorKind.InvalidConnect => "a CONNECT request has wrong pseudo-header fields",
        Http2ErrorKind.InvalidContentLength => "content-length is not a decimal number below 2^63, or there are two that differ",
        Http2ErrorKind.ContentLengthMismatch => "the body is not as long as content-length says",
        Http2ErrorKind.DataBeforeHeaders => "the body comes before the final response's head",
        Http2ErrorKind.TrailersWithoutEndStream => "the trailers do not end the stream",
        Http2ErrorKind.InterimWithEndStream => "an interim response ends the stream",
        _ => "the frame is malformed",
    };

    private static Http2ErrorCode CodeOf(Http2ErrorKind kind) => kind switch
    {
        Http2ErrorKind.None => Http2ErrorCode.NoError,
        Http2ErrorKind.FrameTooLarge or Http2ErrorKind.InvalidFrameLength => Http2ErrorCode.FrameSizeError,
        Http2ErrorKind.FrameOnClosedStream or Http2ErrorKind.FrameAfterEndStream => Http2ErrorCode.StreamClosed,
        Http2ErrorKind.CompressionError => Http2ErrorCode.CompressionError,
        Http2ErrorKind.ConnectionWindowOverflow or Http2ErrorKind.ConnectionWindowExceeded or Http2ErrorKind.InvalidWindowSetting
            or Http2ErrorKind.StreamWindowOverflow or Http2ErrorKind.StreamWindowExceeded => Http2ErrorCode.FlowControlError,
        Http2ErrorKind.TooManyStreams or Http2ErrorKind.RefusedByGoAway => Http2ErrorCode.RefusedStream,
        >= Http2ErrorKind.HeaderBlockTooLarge and <= Http2ErrorKind.ClosedStreamFlood => Http2ErrorCode.EnhanceYourCalm,
        Http2ErrorKind.HeadTooLarge or Http2ErrorKind.TooManyInterimResponses => Http2ErrorCode.EnhanceYourCalm,
        _ => Http2ErrorCode.ProtocolError,
    };
}
