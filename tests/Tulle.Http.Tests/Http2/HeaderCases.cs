using static Tulle.Http.Tests.Http2.Frames;

namespace Tulle.Http.Tests.Http2;

/// <summary>Which requests are malformed by their head: RFC 9113 §8.2, §8.3, §8.5, RFC 8441.</summary>
internal static class HeaderCases
{
    private const string Head = ":method: GET | :scheme: http | :path: / | :authority: a";

    public static FrameCase[] All { get; } =
    [
        Refused("§8.2.1", "upper-case letter in a name", "InvalidHeaderName", Get("X-a: b")),
        Refused("§8.2.1", "space in a name", "InvalidHeaderName", Get("x a: b")),
        Refused("§8.2.1", "control character in a name", "InvalidHeaderName", Get("x\u0001: b")),
        Refused("§8.2.1", "byte above ASCII in a name", "InvalidHeaderName", Get("x\u00e4: b")),
        Refused("§8.2.1", "colon in a name", "InvalidHeaderName", [.. Get(), 0, 3, (byte)'a', (byte)':', (byte)'b', 1, (byte)'c']),
        Refused("§8.2.1", "empty name", "InvalidHeaderName", [.. Get(), 0, 0, 1, (byte)'c']),
        Refused("§8.2.1", "line feed in a value", "InvalidHeaderValue", Get("x: a\nb")),
        Refused("§8.2.1", "carriage return in a value", "InvalidHeaderValue", Get("x: a\rb")),
        Refused("§8.2.1", "NUL in a value", "InvalidHeaderValue", Get("x: a\0b")),
        Refused("§8.2.1", "leading space in a value", "InvalidHeaderValue", Get("x:  a")),
        Refused("§8.2.1", "trailing tab in a value", "InvalidHeaderValue", Get("x: a\t")),
        Refused("§8.2.1", "value of a pseudo-header with a line feed", "InvalidHeaderValue", Block(":method: GET", ":scheme: http", ":path: /\n", ":authority: a")),
        Refused("§8.2.1", "bad value that the dynamic table repeats", "InvalidHeaderValue", [.. Get(), 0x40, 1, (byte)'x', 1, (byte)'\n', 0xBE]),
        Accepted("§8.2.1", "tab inside a value", " | x: a\tb", Get("x: a\tb")),
        Accepted("§8.2.1", "bytes above ASCII in a value", " | x: \u00e4", Get("x: \u00e4")),
        Accepted("§8.2.1", "empty value", " | x: ", Get("x: ")),

        Refused("§8.2.2", "connection", "ConnectionSpecificHeader", Get("connection: close")),
        Refused("§8.2.2", "proxy-connection", "ConnectionSpecificHeader", Get("proxy-connection: keep-alive")),
        Refused("§8.2.2", "keep-alive", "ConnectionSpecificHeader", Get("keep-alive: timeout=5")),
        Refused("§8.2.2", "transfer-encoding", "ConnectionSpecificHeader", Get("transfer-encoding: chunked")),
        Refused("§8.2.2", "upgrade", "ConnectionSpecificHeader", Get("upgrade: websocket")),
        Refused("§8.2.2", "te other than trailers", "ConnectionSpecificHeader", Get("te: gzip")),
        Refused("§8.2.2", "te with more than trailers", "ConnectionSpecificHeader", Get("te: trailers, gzip")),
        Accepted("§8.2.2", "te: trailers", " | te: trailers", Get("te: trailers")),
        Accepted("§8.2.3", "cookies in crumbs", " | cookie: a=1 | cookie: b=2", Get("cookie: a=1", "cookie: b=2")),

        Refused("§8.3", "pseudo-header behind a field", "PseudoHeaderAfterField", Block(":method: GET", ":scheme: http", ":path: /", "x: y", ":authority: a")),
        Refused("§8.3", "unknown pseudo-header", "UnknownPseudoHeader", Block(":method: GET", ":scheme: http", ":path: /", ":authority: a", ":x: y")),
        Refused("§8.3", "pseudo-header of a response", "UnknownPseudoHeader", Block(":method: GET", ":scheme: http", ":path: /", ":authority: a", ":status: 200")),
        Refused("§8.3", "repeated :method", "RepeatedPseudoHeader", Block(":method: GET", ":method: GET", ":scheme: http", ":path: /", ":authority: a")),
        Refused("§8.3", "repeated :path", "RepeatedPseudoHeader", Block(":method: GET", ":path: /a", ":scheme: http", ":path: /", ":authority: a")),
        Refused("§8.3", "repeated :authority", "RepeatedPseudoHeader", Block(":method: GET", ":scheme: http", ":path: /", ":authority: a", ":authority: b")),
        Refused("§8.3.1", "no :method", "MissingPseudoHeader", Block(":scheme: http", ":path: /", ":authority: a")),
        Refused("§8.3.1", "no :scheme", "MissingPseudoHeader", Block(":method: GET", ":path: /", ":authority: a")),
        Refused("§8.3.1", "no :path", "MissingPseudoHeader", Block(":method: GET", ":scheme: http", ":authority: a")),
        Refused("§8.3.1", "nothing at all", "MissingPseudoHeader", []),
        Refused("§8.3.1", "empty :path", "InvalidPath", Block(":method: GET", ":scheme: http", ":path: ", ":authority: a")),
        Refused("§8.3.1", ":path without a slash", "InvalidPath", Block(":method: GET", ":scheme: http", ":path: a", ":authority: a")),
        Refused("§8.3.1", ":path with a space", "InvalidPath", Block(":method: GET", ":scheme: http", ":path: /a b", ":authority: a")),
        Refused("§8.3.1", ":path with a fragment", "InvalidPath", Block(":method: GET", ":scheme: http", ":path: /a#b", ":authority: a")),
        Refused("§8.3.1", ":path that is an absolute URI", "InvalidPath", Block(":method: GET", ":scheme: http", ":path: http://a/", ":authority: a")),
        Refused("§8.3.1", "asterisk for GET", "InvalidPath", Block(":method: GET", ":scheme: http", ":path: *", ":authority: a")),
        Refused("§8.3.1", ":path of more than 8 KiB", "InvalidPath", Block(":method: GET", ":scheme: http", ":path: /" + new string('a', 8192), ":authority: a")),
        Row("§8.3.1", "asterisk for OPTIONS", "request 1 [:method: OPTIONS | :scheme: http | :path: * | :authority: a] end",
            Block(":method: OPTIONS", ":scheme: http", ":path: *", ":authority: a")),
        Refused("§8.3.1", "method that is not a token", "InvalidMethod", Block(":method: G T", ":scheme: http", ":path: /", ":authority: a")),
        Refused("§8.3.1", "empty method", "InvalidMethod", Block(":method: ", ":scheme: http", ":path: /", ":authority: a")),
        Refused("§8.3.1", "empty scheme", "InvalidScheme", Block(":method: GET", ":scheme: ", ":path: /", ":authority: a")),
        Refused("§8.3.1", "scheme with a slash", "InvalidScheme", Block(":method: GET", ":scheme: http://", ":path: /", ":authority: a")),
        Row("§8.3.1", "order of pseudo-headers does not matter", "request 1 [:authority: a | :path: /b?c | :scheme: https | :method: PUT] end",
            Block(":authority: a", ":path: /b?c", ":scheme: https", ":method: PUT")),
        Refused("§8.3.1", "no authority at all", "InvalidAuthority", Block(":method: GET", ":scheme: http", ":path: /")),
        Refused("§8.3.1", "authority with user information", "InvalidAuthority", Block(":method: GET", ":scheme: http", ":path: /", ":authority: u@a")),
        Refused("§8.3.1", "authority with a bad port", "InvalidAuthority", Block(":method: GET", ":scheme: http", ":path: /", ":authority: a:99999")),
        Row("§8.3.1", "Host instead of :authority", "request 1 [:method: GET | :scheme: http | :path: / | host: a:80] end",
            Block(":method: GET", ":scheme: http", ":path: /", "host: a:80")),
        Accepted("§8.3.1", "Host that agrees with :authority", " | host: a", Get("host: a")),
        Refused("§8.3.1", "Host that differs from :authority", "ConflictingAuthority", Get("host: b")),
        Refused("§8.3.1", "two Hosts", "ConflictingAuthority", Block(":method: GET", ":scheme: http", ":path: /", "host: a", "host: a")),

        Row("§8.5", "CONNECT", "request 1 [:method: CONNECT | :authority: a:443] end", Block(":method: CONNECT", ":authority: a:443")),
        Refused("§8.5", "CONNECT with :path", "InvalidConnect", Block(":method: CONNECT", ":path: /", ":authority: a:443")),
        Refused("§8.5", "CONNECT with :scheme", "InvalidConnect", Block(":method: CONNECT", ":scheme: http", ":authority: a:443")),
        Refused("§8.5", "CONNECT without a port", "InvalidConnect", Block(":method: CONNECT", ":authority: a")),
        Refused("§8.5", "CONNECT without :authority", "InvalidConnect", Block(":method: CONNECT")),
        Row("RFC 8441 §4", "extended CONNECT",
            "request 1 [:method: CONNECT | :protocol: websocket | :scheme: https | :path: /chat | :authority: a] end",
            Block(":method: CONNECT", ":protocol: websocket", ":scheme: https", ":path: /chat", ":authority: a")),
        Refused("RFC 8441 §4", "extended CONNECT without :path", "MissingPseudoHeader", Block(":method: CONNECT", ":protocol: websocket", ":scheme: https", ":authority: a")),
        Refused("RFC 8441 §4", ":protocol with GET", "InvalidConnect", Block(":method: GET", ":protocol: websocket", ":scheme: https", ":path: /", ":authority: a")),
    ];

    private static FrameCase Row(string clause, string name, string events, byte[] block) => new(clause, name, Headers(1, Whole, block), events);

    private static FrameCase Accepted(string clause, string name, string more, byte[] block) => Row(clause, name, $"request 1 [{Head}{more}] end", block);

    /// <summary>A malformed message is a stream error of PROTOCOL_ERROR, §8.1.1.</summary>
    private static FrameCase Refused(string clause, string name, string kind, byte[] block) =>
        new(clause, name, Headers(1, Whole, block), $"refused {kind}", "reset 1 ProtocolError");
}
