using static Tulle.Http.Tests.Http2.Frames;

namespace Tulle.Http.Tests.Http2;

/// <summary>Stream identifiers, states and flow control of a server: RFC 9113 §5.1, §5.2, §6.1, §6.9.</summary>
internal static class StreamCases
{
    private const string GetText = ":method: GET | :scheme: http | :path: / | :authority: a";
    private const string PostText = ":method: POST | :scheme: http | :path: / | :authority: a";

    private static readonly byte[] OpenGet = Headers(1, Whole, Get());
    private static readonly byte[] OpenPost = Headers(1, EndHeaders, Post());
    private static readonly byte[] FullFrame = new byte[16_384];

    public static FrameCase[] All { get; } =
    [
        new("§5.1", "idle: DATA", Data(1, 0, "x"), "error FrameOnIdleStream ProtocolError", "goaway 0 ProtocolError"),
        new("§5.1", "idle: RST_STREAM", Reset(1), "error FrameOnIdleStream ProtocolError"),
        new("§5.1", "idle: WINDOW_UPDATE", Window(1, 1), "error FrameOnIdleStream ProtocolError"),
        new("§5.1", "idle: PRIORITY is allowed", Raw(2, 0, 1, 0, 0, 0, 0, 16), "", ""),
        new("§5.1", "idle: CONTINUATION", Continuation(1, EndHeaders), "error UnexpectedContinuation ProtocolError"),
        new("§5.1", "open: DATA in pieces", Join(OpenPost, Data(1, 0, "he"), Data(1, EndStream, "llo")), $"request 1 [{PostText}]; data 1 \"hello\" end", ""),
        new("§5.1", "open: empty DATA ends", Join(OpenPost, Data(1, EndStream, "")), $"request 1 [{PostText}]; data 1 \"\" end", ""),
        new("§5.1", "open: RST_STREAM", Join(OpenPost, Reset(1)), $"request 1 [{PostText}]; reset 1 ResetByPeer Cancel", ""),
        new("§5.1", "half-closed: DATA", Join(OpenGet, Data(1, 0, "x")), $"request 1 [{GetText}] end; reset 1 FrameAfterEndStream StreamClosed", "reset 1 StreamClosed"),
        new("§5.1", "half-closed: HEADERS", Join(OpenGet, Headers(1, Whole, Block("a: b"))),
            $"request 1 [{GetText}] end; reset 1 FrameAfterEndStream StreamClosed", "reset 1 StreamClosed"),
        new("§5.1", "half-closed: WINDOW_UPDATE is allowed", Join(OpenGet, Window(1, 1)), $"request 1 [{GetText}] end", ""),
        new("§5.1", "half-closed: RST_STREAM is allowed", Join(OpenGet, Reset(1)), $"request 1 [{GetText}] end; reset 1 ResetByPeer Cancel", ""),
        new("§5.1", "half-closed: PRIORITY is allowed", Join(OpenGet, Raw(2, 0, 1, 0, 0, 0, 0, 16)), $"request 1 [{GetText}] end", ""),
        new("§5.1", "closed by the peer's reset: DATA", Join(OpenPost, Reset(1), Data(1, 0, "x")),
            $"request 1 [{PostText}]; reset 1 ResetByPeer Cancel; error FrameOnClosedStream StreamClosed", "goaway 1 StreamClosed"),
        new("§5.1", "closed by the peer's reset: HEADERS", Join(OpenPost, Reset(1), Headers(1, Whole, Get())),
            $"request 1 [{PostText}]; reset 1 ResetByPeer Cancel; error FrameOnClosedStream StreamClosed"),
        new("§5.1", "closed: RST_STREAM and WINDOW_UPDATE are ignored", Join(OpenPost, Reset(1), Reset(1), Window(1, 1)),
            $"request 1 [{PostText}]; reset 1 ResetByPeer Cancel", ""),
        new("§5.1", "closed by our reset: what crossed it is ignored", Join(OpenGet, Data(1, 0, "x"), Data(1, 0, "y"), Headers(1, Whole, Block("a: b")), Window(1, 1), Reset(1)),
            $"request 1 [{GetText}] end; reset 1 FrameAfterEndStream StreamClosed", "reset 1 StreamClosed"),
        new("§5.1", "closed by our reset: its field blocks still count", Join(
                OpenGet, Data(1, 0, "x"), Headers(1, Whole, 0x40, 1, (byte)'x', 1, (byte)'y'), Headers(3, Whole, [.. Get(), 0xBE])),
            $"request 1 [{GetText}] end; reset 1 FrameAfterEndStream StreamClosed; request 3 [{GetText} | x: y] end"),
        new("§5.1", "skipped identifiers are closed", Join(Headers(5, Whole, Get()), Data(3, 0, "x")),
            $"request 5 [{GetText}] end; error FrameOnClosedStream StreamClosed"),

        new("§5.1.1", "even identifier", Headers(2, Whole, Get()), "error InvalidStreamId ProtocolError", "goaway 0 ProtocolError"),
        new("§5.1.1", "smaller identifier", Join(Headers(5, Whole, Get()), Headers(3, Whole, Get())), $"request 5 [{GetText}] end; error FrameOnClosedStream StreamClosed"),
        new("§5.1.1", "identifiers may be left out", Join(Headers(1, Whole, Get()), Headers(99, Whole, Get())), $"request 1 [{GetText}] end; request 99 [{GetText}] end"),
        new("§5.1.1", "the largest identifier", Headers(int.MaxValue, Whole, Get()), $"request {int.MaxValue} [{GetText}] end"),
        new("§5.1.2", "one stream too many", Join(Headers(1, Whole, Get()), Headers(3, Whole, Get())),
            $"request 1 [{GetText}] end; refused TooManyStreams", "reset 3 RefusedStream") { Limits = new() { ConcurrentStreams = 1 } },
        new("§5.1.2", "a refused stream's field block still counts", Join(
                Headers(1, Whole, Get()), Headers(3, Whole, [.. Get(), 0x40, 1, (byte)'x', 1, (byte)'y']), Headers(1, EndHeaders, 0xBE)),
            $"request 1 [{GetText}] end; refused TooManyStreams; reset 1 FrameAfterEndStream StreamClosed") { Limits = new() { ConcurrentStreams = 1 } },

        new("§6.1", "DATA on stream 0", Data(0, 0, "x"), "error FrameOnStreamZero ProtocolError"),
        new("§6.1", "padded DATA", Join(OpenPost, Raw(0, Padded | EndStream, 1, 3, (byte)'h', (byte)'i', 0, 0, 0)), $"request 1 [{PostText}]; data 1 \"hi\" end"),
        new("§6.1", "DATA that is all padding", Join(OpenPost, Raw(0, Padded | EndStream, 1, 3, 0, 0, 0)), $"request 1 [{PostText}]; data 1 \"\" end"),
        new("§6.1", "padding as long as the frame", Join(OpenPost, Raw(0, Padded, 1, 3, 0, 0)), $"request 1 [{PostText}]; error InvalidPadding ProtocolError"),
        new("§6.1", "PADDED without a length", Join(OpenPost, Raw(0, Padded, 1)), $"request 1 [{PostText}]; error InvalidPadding ProtocolError"),
        new("§6.1", "padding of zero bytes", Join(OpenPost, Raw(0, Padded | EndStream, 1, 0, (byte)'x')), $"request 1 [{PostText}]; data 1 \"x\" end"),

        new("§6.9", "WINDOW_UPDATE of 0 on a stream", Join(OpenGet, Window(1, 0)),
            $"request 1 [{GetText}] end; reset 1 StreamWindowIncrementZero ProtocolError", "reset 1 ProtocolError"),
        new("§6.9", "WINDOW_UPDATE of 0 on the connection", Window(0, 0), "error WindowIncrementZero ProtocolError"),
        new("§6.9", "WINDOW_UPDATE of five bytes", Raw(8, 0, 0, 0, 0, 0, 1, 0), "error InvalidFrameLength FrameSizeError"),
        new("§6.9", "WINDOW_UPDATE of three bytes", Raw(8, 0, 0, 0, 0, 1), "error InvalidFrameLength FrameSizeError"),
        new("§6.9", "reserved bit of the increment is ignored", Window(0, 0x8000_0001), "", ""),
        new("§6.9.1", "window of a stream above 2^31-1", Join(OpenGet, Window(1, int.MaxValue)),
            $"request 1 [{GetText}] end; reset 1 StreamWindowOverflow FlowControlError", "reset 1 FlowControlError"),
        new("§6.9.1", "window of the connection above 2^31-1", Window(0, int.MaxValue), "error ConnectionWindowOverflow FlowControlError"),
        new("§6.9.1", "windows of exactly 2^31-1", Join(OpenGet, Window(1, int.MaxValue - 65_535), Window(0, int.MaxValue - 65_535)), $"request 1 [{GetText}] end", ""),
        new("§6.9.1", "more than the window of the stream", Join(OpenPost, Repeat(5, _ => Raw(0, 0, 1, FullFrame))),
            $"request 1 [{PostText}]; data 1 \"{new string('\0', 65_536 - 16_384)}\"; reset 1 StreamWindowExceeded FlowControlError", "reset 1 FlowControlError")
        {
            // Nothing is given back to the window while nothing is consumed.
            Limits = new() { StreamWindow = 65_535, ConnectionWindow = 1 << 24 }, Stalls = true,
        },
        new("§6.9.1", "more than the window of the connection", Join(
                Headers(1, EndHeaders, Post()), Headers(3, EndHeaders, Post()), Repeat(3, _ => Raw(0, 0, 1, FullFrame)), Raw(0, 0, 3, FullFrame)),
            $"request 1 [{PostText}]; request 3 [{PostText}]; error ConnectionWindowExceeded FlowControlError")
        {
            Limits = new() { ConnectionWindow = 65_535 }, Stalls = true,
        },
        new("§6.9.1", "windows are given back when half is free", Join(OpenPost, Repeat(2, _ => Raw(0, 0, 1, FullFrame))),
            $"request 1 [{PostText}]", "window 0 32768; window 1 32768") { Limits = new() { ConnectionWindow = 65_535 } },
        new("§6.9.1", "padding counts against windows and is given back", Join(OpenPost, Repeat(130, _ => Raw(0, Padded, 1, [251, 1, .. new byte[251]]))),
            $"request 1 [{PostText}]", "window 1 32889") { Limits = new() { ConnectionWindow = 1 << 24 } },
        new("§6.9", "bodies of closed streams are given back to the connection", Join(
                OpenGet, Repeat(2, _ => Raw(0, 0, 1, FullFrame))),
            $"request 1 [{GetText}] end; reset 1 FrameAfterEndStream StreamClosed", "reset 1 StreamClosed; window 0 32768") { Limits = new() { ConnectionWindow = 65_535 } },
        new("§6.9.2", "SETTINGS move the windows of open streams", Join(OpenGet, Settings((4, 0)), Settings((4, 100))),
            $"request 1 [{GetText}] end; settings; settings"),
        new("§6.9.2", "SETTINGS push a window above 2^31-1", Join(OpenGet, Window(1, 1000), Settings((4, int.MaxValue))),
            $"request 1 [{GetText}] end; error InvalidWindowSetting FlowControlError"),
        new("§5.4.1", "after a connection error nothing is read", Join(Window(0, 0), Headers(1, Whole, Get())), "error WindowIncrementZero ProtocolError", "goaway 0 ProtocolError"),
    ];
}
