using Tulle.Http.Http2;
using static Tulle.Http.Tests.Http2.Frames;

namespace Tulle.Http.Tests.Http2;

/// <summary>Frames of the connection itself: RFC 9113 §6.3 to §6.8.</summary>
internal static class ControlCases
{
    private const string GetText = ":method: GET | :scheme: http | :path: / | :authority: a";

    private static readonly byte[] OpenGet = Headers(1, Whole, Get());

    public static FrameCase[] All { get; } =
    [
        new("§6.3", "PRIORITY on stream 0", Raw(2, 0, 0, 0, 0, 0, 0, 16), "error FrameOnStreamZero ProtocolError"),
        new("§6.3", "PRIORITY of four bytes", Raw(2, 0, 1, 0, 0, 0, 0), "error InvalidFrameLength FrameSizeError"),
        new("§5.3.1", "PRIORITY that depends on itself is read over", Raw(2, 0, 1, 0, 0, 0, 1, 16), "", ""),

        new("§6.4", "RST_STREAM on stream 0", Reset(0), "error FrameOnStreamZero ProtocolError"),
        new("§6.4", "RST_STREAM of three bytes", Join(OpenGet, Raw(3, 0, 1, 0, 0, 8)), $"request 1 [{GetText}] end; error InvalidFrameLength FrameSizeError"),
        new("§6.4", "RST_STREAM of five bytes", Join(OpenGet, Raw(3, 0, 1, 0, 0, 0, 8, 0)), $"request 1 [{GetText}] end; error InvalidFrameLength FrameSizeError"),
        new("§7", "RST_STREAM with an unknown code", Join(OpenGet, Reset(1, (Http2ErrorCode)0x99)), $"request 1 [{GetText}] end; reset 1 ResetByPeer 153"),

        new("§6.5", "SETTINGS on a stream", Raw(4, 0, 1), "error FrameOnStream ProtocolError"),
        new("§6.5", "SETTINGS of seven bytes", Raw(4, 0, 0, 0, 4, 0, 0, 1, 0, 0), "error InvalidFrameLength FrameSizeError"),
        new("§6.5", "acknowledgement with a payload", Raw(4, Ack, 0, 0, 4, 0, 0, 1, 0), "error InvalidFrameLength FrameSizeError"),
        new("§6.5", "SETTINGS are acknowledged", Settings((3, 10)), "settings", "settings ack"),
        new("§6.5", "acknowledgement is not answered", SettingsAck, "", ""),
        new("§6.5", "unknown setting", Settings((0x9999, 7)), "settings", "settings ack"),
        new("§6.5", "empty SETTINGS", Settings(), "settings", "settings ack"),
        new("§6.5.2", "ENABLE_PUSH of 2", Settings((2, 2)), "error InvalidSetting ProtocolError"),
        new("§6.5.2", "ENABLE_PUSH of 1 from a client", Settings((2, 1)), "settings"),
        new("§6.5.2", "INITIAL_WINDOW_SIZE of 2^31", Settings((4, 0x8000_0000)), "error InvalidWindowSetting FlowControlError", "goaway 0 FlowControlError"),
        new("§6.5.2", "INITIAL_WINDOW_SIZE of 2^31-1", Settings((4, int.MaxValue)), "settings"),
        new("§6.5.2", "MAX_FRAME_SIZE of 16,383", Settings((5, 16_383)), "error InvalidSetting ProtocolError"),
        new("§6.5.2", "MAX_FRAME_SIZE of 2^24", Settings((5, 1 << 24)), "error InvalidSetting ProtocolError"),
        new("§6.5.2", "MAX_FRAME_SIZE of 2^24-1", Settings((5, (1 << 24) - 1)), "settings"),
        new("§6.5.2", "HEADER_TABLE_SIZE of 0", Settings((1, 0)), "settings"),
        new("§6.5.2", "HEADER_TABLE_SIZE of 2^32-1", Settings((1, uint.MaxValue)), "settings"),
        new("§6.5.3", "a setting that comes twice: the last counts", Settings((4, int.MaxValue), (4, 5)), "settings"),
        new("RFC 8441 §3", "ENABLE_CONNECT_PROTOCOL of 2", Settings((8, 2)), "error InvalidSetting ProtocolError"),
        new("RFC 8441 §3", "ENABLE_CONNECT_PROTOCOL taken back", Join(Settings((8, 1)), Settings((8, 0))), "settings; error InvalidSetting ProtocolError"),

        new("§6.6", "PUSH_PROMISE from a client", Raw(5, EndHeaders, 1, 0, 0, 0, 2), "error UnexpectedPush ProtocolError"),

        new("§6.7", "PING is answered with its payload", Ping(), "", "ping ack 0102030405060708"),
        new("§6.7", "PING on a stream", Raw(6, 0, 1, new byte[8]), "error FrameOnStream ProtocolError"),
        new("§6.7", "PING of seven bytes", Raw(6, 0, 0, new byte[7]), "error InvalidFrameLength FrameSizeError"),
        new("§6.7", "answer to no PING", Ping(Ack), "", ""),
        new("§6.7", "answer to our PING", Ping(Ack), "pinganswered", "ping") { Before = connection => connection.Ping() },

        new("§6.8", "GOAWAY on a stream", Raw(7, 0, 1, new byte[8]), "error FrameOnStream ProtocolError"),
        new("§6.8", "GOAWAY of seven bytes", Raw(7, 0, 0, new byte[7]), "error InvalidFrameLength FrameSizeError"),
        new("§6.8", "GOAWAY with debug data", Raw(7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 3), "goaway InternalError", ""),
        new("§6.8", "a client that goes away may finish", Join(OpenGet, GoAway(0), Reset(1)), $"request 1 [{GetText}] end; goaway NoError; reset 1 ResetByPeer Cancel"),
        new("§6.8", "streams behind our GOAWAY are ignored", Join(OpenGet, Headers(3, EndHeaders, Post()), Data(3, EndStream, "x")),
            $"request 1 [{GetText}] end", "goaway 1 NoError") { Before = connection => connection.GoAway(lastStream: 1) },
        new("§6.8", "streams are taken after the first of two GOAWAYs", OpenGet, $"request 1 [{GetText}] end", $"goaway {int.MaxValue} NoError")
        {
            Before = connection => connection.GoAway(lastStream: int.MaxValue),
        },
        new("§6.8", "field blocks behind our GOAWAY still count", Join(
                Headers(1, Whole, Get()), Headers(3, Whole, [.. Get(), 0x40, 1, (byte)'x', 1, (byte)'y']), Headers(5, Whole, 0xBF)),
            $"request 1 [{GetText}] end; error CompressionError CompressionError") { Before = connection => connection.GoAway(lastStream: 1) },
    ];
}
