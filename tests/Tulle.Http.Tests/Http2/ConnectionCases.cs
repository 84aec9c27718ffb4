using static Tulle.Http.Tests.Http2.Frames;

namespace Tulle.Http.Tests.Http2;

/// <summary>The start of a connection and the form of frames: RFC 9113 §3.4, §4, §6.</summary>
internal static class ConnectionCases
{
    private const string GetText = ":method: GET | :scheme: http | :path: / | :authority: a";

    public static FrameCase[] All { get; } =
    [
        new("§3.4", "preface and SETTINGS", Join(Preface, Settings()), "settings", "settings ack") { Bare = true },
        new("§3.4", "no preface", "GET / HTTP/1.1\r\n\r\n"u8.ToArray(), "error InvalidPreface ProtocolError", "goaway 0 ProtocolError") { Bare = true },
        new("§3.4", "preface with a wrong last byte", [.. Preface[..^1], (byte)'x'], "error InvalidPreface ProtocolError") { Bare = true },
        new("§3.4", "PING before SETTINGS", Join(Preface, Ping()), "error SettingsExpected ProtocolError") { Bare = true },
        new("§3.4", "HEADERS before SETTINGS", Join(Preface, Headers(1, Whole, Get())), "error SettingsExpected ProtocolError") { Bare = true },
        new("§3.4", "acknowledgement before SETTINGS", Join(Preface, SettingsAck), "error SettingsExpected ProtocolError") { Bare = true },
        new("§3.4", "a server's first frame is SETTINGS", Settings(), "settings", "settings ack") { Bare = true, Client = true },
        new("§3.4", "a server's first frame is PING", Ping(), "error SettingsExpected ProtocolError") { Bare = true, Client = true },

        new("§4.1", "unknown type on stream 0", Raw(0x2A, 0xFF, 0, 1, 2, 3), "", ""),
        new("§4.1", "unknown type on an idle stream", Raw(0x2A, 0, 9, 1), "", ""),
        new("§4.1", "unknown flags are ignored", Headers(1, Whole | 0x42, Get()), $"request 1 [{GetText}] end"),
        new("§4.1", "reserved bit of the stream is ignored", Join([0, 0, 8, 6, 0, 0x80, 0, 0, 0], new byte[8]), "", "ping ack 0000000000000000"),
        new("§4.2", "frame larger than SETTINGS_MAX_FRAME_SIZE", Announced(16_385, 0, 0, 1), "error FrameTooLarge FrameSizeError", "goaway 0 FrameSizeError"),
        new("§4.2", "unknown frame larger than SETTINGS_MAX_FRAME_SIZE", Announced(0xFFFFFF, 0x2A, 0, 1), "error FrameTooLarge FrameSizeError"),
        new("§4.2", "frame of exactly SETTINGS_MAX_FRAME_SIZE", Join(Headers(1, EndHeaders, Post()), Raw(0x2A, 0, 1, new byte[16_384])),
            "request 1 [:method: POST | :scheme: http | :path: / | :authority: a]"),

        new("§4.3", "field block that is not HPACK", Headers(1, Whole, 0x80), "error CompressionError CompressionError", "goaway 1 CompressionError"),
        new("§4.3", "index beyond the table", Headers(1, Whole, 0xBE), "error CompressionError CompressionError"),
        new("§4.3", "cut-off literal", Headers(1, Whole, 0x00, 0x05, 0x61), "error CompressionError CompressionError"),
        new("§4.3", "HPACK error on a refused stream", Headers(2, Whole, 0x80), "error InvalidStreamId ProtocolError"),
        new("§4.3", "HPACK error in trailers", Join(Headers(1, EndHeaders, Post()), Headers(1, Whole, 0xFF)),
            "request 1 [:method: POST | :scheme: http | :path: / | :authority: a]; error CompressionError CompressionError"),
        new("§4.3", "frame of another stream inside a block", Join(Headers(1, EndStream, Get()), Data(3, 0, "x")), "error ContinuationExpected ProtocolError"),
        new("§4.3", "PING inside a block", Join(Headers(1, EndStream, Get()), Ping()), "error ContinuationExpected ProtocolError"),
        new("§4.3", "unknown frame inside a block", Join(Headers(1, EndStream, Get()), Raw(0x2A, 0, 0)), "error ContinuationExpected ProtocolError"),
        new("§4.3", "CONTINUATION of another stream", Join(Headers(1, EndStream, Get()), Continuation(3, EndHeaders)), "error ContinuationExpected ProtocolError"),

        new("RFC 7541 §2.3.3", "index 0", Headers(1, Whole, 0x80), "error CompressionError CompressionError"),
        new("RFC 7541 §4.2", "size update above our setting", Headers(1, Whole, 0x3F, 0xE2, 0x1F), "error CompressionError CompressionError"),
        new("RFC 7541 §4.2", "size update to our setting", Headers(1, Whole, [0x3F, 0xE1, 0x1F, .. Get()]), $"request 1 [{GetText}] end"),
        new("RFC 7541 §4.2", "size update behind a field", Headers(1, Whole, [.. Get(), 0x20]), "error CompressionError CompressionError"),
        new("RFC 7541 §4.2", "two size updates", Headers(1, Whole, [0x20, 0x3F, 0xE1, 0x1F, .. Get()]), $"request 1 [{GetText}] end"),
        new("RFC 7541 §4.2", "three size updates", Headers(1, Whole, [0x20, 0x20, 0x20, .. Get()]), "error CompressionError CompressionError"),
        new("RFC 7541 §5.1", "integer without end", Headers(1, Whole, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF), "error CompressionError CompressionError"),
        new("RFC 7541 §5.2", "Huffman padding of eight bits", Headers(1, Whole, 0x00, 0x82, 0x1F, 0xFF, 0x01, 0x61), "error CompressionError CompressionError"),
        new("RFC 7541 §5.2", "Huffman padding with zeros", Headers(1, Whole, 0x00, 0x81, 0x18, 0x01, 0x61), "error CompressionError CompressionError"),
        new("RFC 7541 §5.2", "Huffman EOS", Headers(1, Whole, 0x00, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x61), "error CompressionError CompressionError"),
        new("RFC 7541 §6.1", "entry of the dynamic table, twice", Join(
                Headers(1, Whole, [.. Get(), 0x40, 1, (byte)'x', 1, (byte)'y']), Headers(3, Whole, [.. Get(), 0xBE, 0xBE])),
            $"request 1 [{GetText} | x: y] end; request 3 [{GetText} | x: y | x: y] end"),
        new("RFC 7541 §4.3", "entry is gone after the table was emptied", Join(
                Headers(1, Whole, [.. Get(), 0x40, 1, (byte)'x', 1, (byte)'y']), Headers(3, Whole, [0x20, .. Get(), 0xBE])),
            $"request 1 [{GetText} | x: y] end; error CompressionError CompressionError"),
    ];
}
