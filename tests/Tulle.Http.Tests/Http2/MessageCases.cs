using static Tulle.Http.Tests.Http2.Frames;

namespace Tulle.Http.Tests.Http2;

/// <summary>Heads over several frames, bodies and trailers of requests: RFC 9113 §6.2, §6.10, §8.1.</summary>
internal static class MessageCases
{
    private const string GetText = ":method: GET | :scheme: http | :path: / | :authority: a";
    private const string PostText = ":method: POST | :scheme: http | :path: / | :authority: a";

    private static readonly byte[] OpenPost = Headers(1, EndHeaders, Post());

    public static FrameCase[] All { get; } =
    [
        new("§6.2", "HEADERS on stream 0", Headers(0, Whole, Get()), "error FrameOnStreamZero ProtocolError"),
        new("§6.2", "padded HEADERS", Headers(1, Whole | Padded, [2, .. Get(), 0, 0]), $"request 1 [{GetText}] end"),
        new("§6.2", "padding longer than the frame", Headers(1, Whole | Padded, 5, 0, 0), "error InvalidPadding ProtocolError"),
        new("§6.2", "padding that eats the priority", Headers(1, Whole | Padded | Priority, 3, 0, 0, 0, 0, 16, 1, 1), "error InvalidPadding ProtocolError"),
        new("§6.2", "PADDED without a length", Headers(1, Whole | Padded), "error InvalidFrameLength FrameSizeError"),
        new("§6.2", "priority is read over", Headers(1, Whole | Priority, [0x80, 0, 0, 9, 255, .. Get()]), $"request 1 [{GetText}] end"),
        new("§6.2", "cut-off priority", Headers(1, Whole | Priority, 0, 0, 0), "error InvalidFrameLength FrameSizeError"),
        new("§6.2", "padding and priority", Headers(1, Whole | Priority | Padded, [1, 0, 0, 0, 9, 255, .. Get(), 0]), $"request 1 [{GetText}] end"),
        new("§6.10", "block in two frames", Join(Headers(1, EndStream, Get()[..7]), Continuation(1, EndHeaders, Get()[7..])), $"request 1 [{GetText}] end"),
        new("§6.10", "block in many frames, some empty", Join(
                Headers(1, 0), Continuation(1, 0, Get()[..1]), Continuation(1, 0), Continuation(1, EndHeaders, Get()[1..])),
            $"request 1 [{GetText}]"),
        new("§6.10", "END_STREAM on CONTINUATION means nothing", Join(Headers(1, 0, Get()[..7]), Continuation(1, EndHeaders | EndStream, Get()[7..])), $"request 1 [{GetText}]"),
        new("§6.10", "CONTINUATION on stream 0", Continuation(0, EndHeaders), "error FrameOnStreamZero ProtocolError"),
        new("§6.10", "CONTINUATION behind a complete block", Join(OpenPost, Continuation(1, EndHeaders)), $"request 1 [{PostText}]; error UnexpectedContinuation ProtocolError"),
        new("§6.10", "CONTINUATION behind DATA", Join(OpenPost, Data(1, 0, "x"), Continuation(1, EndHeaders)), $"request 1 [{PostText}]; error UnexpectedContinuation ProtocolError"),

        new("§8.1", "trailers", Join(OpenPost, Data(1, 0, "x"), Headers(1, Whole, Block("a: b"))), $"request 1 [{PostText}]; data 1 \"x\"; trailers 1 [a: b]"),
        new("§8.1", "trailers without a body", Join(OpenPost, Headers(1, Whole, Block("a: b"))), $"request 1 [{PostText}]; trailers 1 [a: b]"),
        new("§8.1", "empty trailers", Join(OpenPost, Headers(1, Whole)), $"request 1 [{PostText}]; trailers 1 []"),
        new("§8.1", "trailers in two frames", Join(OpenPost, Headers(1, EndStream, Block("a: b")), Continuation(1, EndHeaders, Block("c: d"))),
            $"request 1 [{PostText}]; trailers 1 [a: b | c: d]"),
        new("§8.1", "trailers that do not end the stream", Join(OpenPost, Headers(1, EndHeaders, Block("a: b"))),
            $"request 1 [{PostText}]; reset 1 TrailersWithoutEndStream ProtocolError", "reset 1 ProtocolError"),
        new("§8.1", "pseudo-header in trailers", Join(OpenPost, Headers(1, Whole, Block(":path: /"))),
            $"request 1 [{PostText}]; reset 1 PseudoHeaderInTrailers ProtocolError", "reset 1 ProtocolError"),
        new("§8.1", "upper-case name in trailers", Join(OpenPost, Headers(1, Whole, Block("A: b"))), $"request 1 [{PostText}]; reset 1 InvalidHeaderName ProtocolError"),
        new("§8.1", "connection-specific field in trailers", Join(OpenPost, Headers(1, Whole, Block("connection: x"))),
            $"request 1 [{PostText}]; reset 1 ConnectionSpecificHeader ProtocolError"),
        new("§8.1", "DATA behind trailers", Join(OpenPost, Headers(1, Whole, Block("a: b")), Data(1, 0, "x")),
            $"request 1 [{PostText}]; trailers 1 [a: b]; reset 1 FrameAfterEndStream StreamClosed"),

        Sized("the right content-length", "5", "data 1 \"hello\" end", Data(1, EndStream, "hello")),
        Sized("the right content-length in pieces", "5", "data 1 \"hello\" end", Join(Data(1, 0, "hel"), Data(1, 0, "lo"), Data(1, EndStream, ""))),
        Sized("more than content-length", "4", "reset 1 ContentLengthMismatch ProtocolError", Data(1, EndStream, "hello")),
        Sized("more than content-length, not at the end", "4", "data 1 \"hel\"; reset 1 ContentLengthMismatch ProtocolError", Join(Data(1, 0, "hel"), Data(1, 0, "lo"))),
        Sized("less than content-length", "6", "reset 1 ContentLengthMismatch ProtocolError", Data(1, EndStream, "hello")),
        Sized("less than content-length, with trailers", "6", "data 1 \"hello\"; reset 1 ContentLengthMismatch ProtocolError", Join(Data(1, 0, "hello"), Headers(1, Whole))),
        Sized("padding is no content", "5", "data 1 \"hello\" end", Raw(0, Padded | EndStream, 1, [2, .. "hello"u8, 0, 0])),
        Sized("content-length 0 with empty DATA", "0", "data 1 \"\" end", Data(1, EndStream, "")),
        new("§8.1.1", "content-length without a body", Headers(1, Whole, Get("content-length: 5")), "refused ContentLengthMismatch", "reset 1 ProtocolError"),
        new("§8.1.1", "content-length 0 without a body", Headers(1, Whole, Get("content-length: 0")), $"request 1 [{GetText} | content-length: 0] end"),
        new("§8.1.1", "content-length that is no number", Headers(1, Whole, Get("content-length: x")), "refused InvalidContentLength"),
        new("§8.1.1", "negative content-length", Headers(1, Whole, Get("content-length: -1")), "refused InvalidContentLength"),
        new("§8.1.1", "two content-lengths that differ", Headers(1, Whole, Get("content-length: 0", "content-length: 1")), "refused InvalidContentLength"),
        new("§8.1.1", "content-length of 2^63", Headers(1, EndHeaders, Get("content-length: 9223372036854775808")), "refused InvalidContentLength"),
        new("§8.1.1", "a malformed request costs its stream only", Join(Headers(1, Whole, Get("X: y")), Headers(3, Whole, Get())),
            $"refused InvalidHeaderName; request 3 [{GetText}] end", "reset 1 ProtocolError"),
        new("§8.1.1", "a malformed request's body is ignored", Join(Headers(1, EndHeaders, Post("X: y")), Data(1, EndStream, "x"), Headers(3, Whole, Get())),
            $"refused InvalidHeaderName; request 3 [{GetText}] end", "reset 1 ProtocolError"),
    ];

    private static FrameCase Sized(string name, string length, string events, byte[] body) => new("§8.1.1", name,
        Join(Headers(1, EndHeaders, Post($"content-length: {length}")), body), $"request 1 [{PostText} | content-length: {length}]; {events}");
}
