using Tulle.Http.Http2;
using static Tulle.Http.Tests.Http2.Frames;

namespace Tulle.Http.Tests.Http2;

/// <summary>What a client takes from a server: RFC 9113 §5.1, §6.6, §6.8, §8.1, §8.3.2. GET is on stream 1, a POST under way on 3, HEAD on 5.</summary>
internal static class ClientCases
{
    public static FrameCase[] All { get; } =
    [
        Row("§8.1", "response without a body", Headers(1, Whole, Block(":status: 204")), "response 1 [:status: 204] end", ""),
        Row("§8.1", "response with a body", Join(Headers(1, EndHeaders, Block(":status: 200")), Data(1, EndStream, "hi")), "response 1 [:status: 200]; data 1 \"hi\" end"),
        Row("§8.1", "response with trailers", Join(Headers(1, EndHeaders, Block(":status: 200")), Data(1, 0, "hi"), Headers(1, Whole, Block("grpc-status: 0"))),
            "response 1 [:status: 200]; data 1 \"hi\"; trailers 1 [grpc-status: 0]"),
        Row("§8.1", "trailers only", Headers(1, Whole, Block(":status: 200", "grpc-status: 5")), "response 1 [:status: 200 | grpc-status: 5] end"),
        Row("§8.1", "interim responses", Join(Headers(1, EndHeaders, Block(":status: 100")), Headers(1, EndHeaders, Block(":status: 103", "link: x")), Headers(1, Whole, Block(":status: 200"))),
            "interim 1 [:status: 100]; interim 1 [:status: 103 | link: x]; response 1 [:status: 200] end"),
        Row("§8.1", "interim response that ends the stream", Headers(1, Whole, Block(":status: 100")), "reset 1 InterimWithEndStream ProtocolError", "reset 1 ProtocolError"),
        Row("§8.1", "DATA before the head", Data(1, 0, "x"), "reset 1 DataBeforeHeaders ProtocolError", "reset 1 ProtocolError"),
        Row("§8.1", "DATA behind an interim response", Join(Headers(1, EndHeaders, Block(":status: 100")), Data(1, 0, "x")),
            "interim 1 [:status: 100]; reset 1 DataBeforeHeaders ProtocolError"),
        Row("§8.1", "response before the request has ended", Join(Headers(3, Whole, Block(":status: 413")), Reset(3, Http2ErrorCode.NoError)),
            "response 3 [:status: 413] end; reset 3 ResetByPeer NoError"),
        Row("§8.3.2", "no :status", Headers(1, Whole, Block("a: b")), "reset 1 MissingPseudoHeader ProtocolError"),
        Row("§8.3.2", "two :status", Headers(1, Whole, Block(":status: 200", ":status: 200")), "reset 1 RepeatedPseudoHeader ProtocolError"),
        Row("§8.3.2", ":status of two digits", Headers(1, Whole, Block(":status: 20")), "reset 1 InvalidStatus ProtocolError"),
        Row("§8.3.2", ":status with a sign", Headers(1, Whole, Block(":status: +20")), "reset 1 InvalidStatus ProtocolError"),
        Row("§8.3.2", ":status of 099", Headers(1, Whole, Block(":status: 099")), "reset 1 InvalidStatus ProtocolError"),
        Row("§8.6", "101", Headers(1, EndHeaders, Block(":status: 101")), "reset 1 InvalidStatus ProtocolError"),
        Row("§8.3.2", "pseudo-header of a request", Headers(1, Whole, Block(":status: 200", ":path: /")), "reset 1 UnknownPseudoHeader ProtocolError"),
        Row("§8.2.2", "connection-specific field", Headers(1, Whole, Block(":status: 200", "connection: close")), "reset 1 ConnectionSpecificHeader ProtocolError"),
        Row("§8.1.1", "less than content-length", Join(Headers(1, EndHeaders, Block(":status: 200", "content-length: 3")), Data(1, EndStream, "hi")),
            "response 1 [:status: 200 | content-length: 3]; reset 1 ContentLengthMismatch ProtocolError"),
        Row("§8.1.1", "content-length without a body", Headers(1, Whole, Block(":status: 200", "content-length: 3")), "reset 1 ContentLengthMismatch ProtocolError"),
        Row("§8.1.1", "content-length of a response to HEAD", Headers(5, Whole, Block(":status: 200", "content-length: 3")), "response 5 [:status: 200 | content-length: 3] end"),
        Row("§8.1.1", "body of a response to HEAD", Join(Headers(5, EndHeaders, Block(":status: 200", "content-length: 3")), Data(5, EndStream, "abc")),
            "response 5 [:status: 200 | content-length: 3]; reset 5 ContentLengthMismatch ProtocolError"),
        Row("§8.1.1", "content-length of 304", Headers(1, Whole, Block(":status: 304", "content-length: 3")), "response 1 [:status: 304 | content-length: 3] end"),

        Row("§5.1", "closed: HEADERS behind the response", Join(Headers(1, Whole, Block(":status: 200")), Headers(1, Whole, Block(":status: 200"))),
            "response 1 [:status: 200] end; error FrameOnClosedStream StreamClosed"),
        Row("§5.1", "closed: DATA behind the response", Join(Headers(1, Whole, Block(":status: 200")), Data(1, 0, "x")),
            "response 1 [:status: 200] end; error FrameOnClosedStream StreamClosed"),
        Row("§5.1", "half-closed remote: DATA behind the response", Join(Headers(3, Whole, Block(":status: 200")), Data(3, 0, "x")),
            "response 3 [:status: 200] end; reset 3 FrameAfterEndStream StreamClosed"),
        Row("§5.1", "idle: HEADERS on a stream that we have not opened", Headers(7, Whole, Block(":status: 200")), "error FrameOnIdleStream ProtocolError"),
        Row("§5.1.1", "HEADERS on an even stream", Headers(2, Whole, Block(":status: 200")), "error InvalidStreamId ProtocolError"),
        Row("§5.1", "idle: RST_STREAM", Reset(7), "error FrameOnIdleStream ProtocolError"),
        Row("§6.4", "RST_STREAM", Reset(1, Http2ErrorCode.InternalError), "reset 1 ResetByPeer InternalError", ""),
        Row("§8.7", "REFUSED_STREAM", Reset(1, Http2ErrorCode.RefusedStream), "reset 1 ResetByPeer RefusedStream"),
        Row("§6.5.2", "ENABLE_PUSH of 1 from a server", Settings((2, 1)), "error InvalidSetting ProtocolError"),
        Row("§6.5.2", "ENABLE_PUSH of 0 from a server", Settings((2, 0)), "settings"),
        Row("§6.6", "PUSH_PROMISE", Raw(5, EndHeaders, 1, 0, 0, 0, 2), "error UnexpectedPush ProtocolError"),
        Row("§6.8", "GOAWAY above our streams", GoAway(5), "goaway NoError", ""),
        Row("§6.8", "GOAWAY in the middle of our streams", Join(GoAway(1), Headers(1, Whole, Block(":status: 200"))),
            "goaway NoError; reset 5 RefusedByGoAway RefusedStream; reset 3 RefusedByGoAway RefusedStream; response 1 [:status: 200] end", ""),
        Row("§6.8", "second GOAWAY that takes less", Join(GoAway(int.MaxValue), GoAway(3)), "goaway NoError; goaway NoError; reset 5 RefusedByGoAway RefusedStream"),
        Row("§6.8", "second GOAWAY that takes more", Join(GoAway(3), GoAway(5)), "goaway NoError; reset 5 RefusedByGoAway RefusedStream; error InvalidGoAway ProtocolError"),
    ];

    private static FrameCase Row(string clause, string name, byte[] input, string events, string? output = null) =>
        new(clause, $"client: {name}", input, events, output) { Client = true };
}
