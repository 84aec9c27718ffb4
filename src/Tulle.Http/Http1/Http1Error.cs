namespace Tulle.Http.Http1;

/// <summary>A refused message: what was wrong, and how to answer when it was a request.</summary>
/// <param name="Kind">The reason.</param>
public readonly record struct Http1Error(Http1ErrorKind Kind)
{
    /// <summary>Status for a refused request. A refused response becomes 502, which is the caller's to say.</summary>
    public int Status => Kind switch
    {
        Http1ErrorKind.TargetTooLong => 414,
        Http1ErrorKind.HeadTooLarge or Http1ErrorKind.TooManyHeaders or Http1ErrorKind.TrailersTooLarge => 431,
        Http1ErrorKind.UnsupportedTransferEncoding => 501,
        Http1ErrorKind.UnsupportedVersion => 505,
        _ => 400,
    };

    /// <summary>One line for a person, ASCII.</summary>
    public string Text => Kind switch
    {
        Http1ErrorKind.None => "no error",
        Http1ErrorKind.MalformedStartLine => "the first line is not \"method target HTTP/1.x\" or \"HTTP/1.x status reason\"",
        Http1ErrorKind.InvalidMethod => "the method is not a token of at most 32 characters",
        Http1ErrorKind.InvalidTarget => "the request target is not a path, an absolute http(s) URI, host:port for CONNECT, or * for OPTIONS",
        Http1ErrorKind.TargetTooLong => "the request target is too long",
        Http1ErrorKind.UnsupportedVersion => "the HTTP version is neither 1.0 nor 1.1",
        Http1ErrorKind.HeadTooLarge => "the header section is too large",
        Http1ErrorKind.TooManyHeaders => "there are too many header fields",
        Http1ErrorKind.EmptyHeaderName => "a header field has no name",
        Http1ErrorKind.InvalidHeaderName => "a header name holds a character that is not allowed",
        Http1ErrorKind.SpaceBeforeColon => "white space stands between a header name and its colon",
        Http1ErrorKind.FoldedHeader => "a header line starts with white space (folded lines are not allowed)",
        Http1ErrorKind.InvalidHeaderValue => "a header value holds a control character",
        Http1ErrorKind.BareCarriageReturn => "a carriage return is not followed by a line feed",
        Http1ErrorKind.BareLineFeed => "a line feed is not preceded by a carriage return",
        Http1ErrorKind.MissingHost => "an HTTP/1.1 request needs a Host header",
        Http1ErrorKind.RepeatedHost => "there is more than one Host header",
        Http1ErrorKind.InvalidHost => "the Host header is not host[:port]",
        Http1ErrorKind.InvalidContentLength => "Content-Length is not a decimal number below 2^63",
        Http1ErrorKind.ConflictingContentLength => "there are Content-Length headers that differ",
        Http1ErrorKind.LengthAndTransferEncoding => "there is both a Content-Length and a Transfer-Encoding",
        Http1ErrorKind.InvalidTransferEncoding => "the last transfer coding is not chunked, or there is more than one Transfer-Encoding header",
        Http1ErrorKind.UnsupportedTransferEncoding => "a transfer coding other than chunked is not supported",
        Http1ErrorKind.TransferEncodingInHttp10 => "HTTP/1.0 has no Transfer-Encoding",
        Http1ErrorKind.ConnectWithBody => "a CONNECT request has no body",
        Http1ErrorKind.InvalidConnection => "the Connection header is not a short list of tokens, or names a header that frames the message",
        Http1ErrorKind.InvalidChunkSize => "a chunk size is not a hexadecimal number below 2^63 directly followed by a line end or extension",
        Http1ErrorKind.ChunkExtensionTooLong => "a chunk extension is too long",
        Http1ErrorKind.InvalidChunkExtension => "a chunk extension holds a control character",
        Http1ErrorKind.InvalidChunkEnd => "a chunk is not followed by a line end",
        Http1ErrorKind.TrailersTooLarge => "the trailer section is too large",
        Http1ErrorKind.InvalidTrailer => "a trailer line is not \"name: value\"",
        _ => "the message is malformed",
    };
}
