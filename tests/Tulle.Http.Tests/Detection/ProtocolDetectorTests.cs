using System.Text;
using CsCheck;
using Tulle.Http.Detection;

namespace Tulle.Http.Tests.Detection;

public sealed class ProtocolDetectorTests
{
    [Theory]
    [InlineData("", DetectedProtocol.NeedMore)]
    [InlineData("G", DetectedProtocol.NeedMore)]
    [InlineData("GET /users", DetectedProtocol.NeedMore)]
    [InlineData("GET /users HTTP/1.1\r\n", DetectedProtocol.Http1)]
    [InlineData("GET /users HTTP/", DetectedProtocol.Http1)]
    [InlineData("\r\nGET / HTTP/1.1\r\n", DetectedProtocol.Http1)]
    [InlineData("CONNECT users:80 HTTP/1.1\r\n", DetectedProtocol.Http1)]
    [InlineData("M-SEARCH * HTTP/1.1\r\n", DetectedProtocol.Http1)]
    [InlineData("PRI", DetectedProtocol.NeedMore)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n", DetectedProtocol.NeedMore)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0", DetectedProtocol.Http2)]
    [InlineData("PROPFIND / HTTP/1.1\r\n", DetectedProtocol.Http1)]
    // Opaque: client-first text protocols that resemble HTTP.
    [InlineData("GET key\r\n", DetectedProtocol.Opaque)]
    [InlineData("get key\r\n", DetectedProtocol.Opaque)]
    [InlineData("*1\r\n$4\r\nPING\r\n", DetectedProtocol.Opaque)]
    [InlineData("PING\r\n", DetectedProtocol.Opaque)]
    [InlineData("EHLO users\r\n", DetectedProtocol.Opaque)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", DetectedProtocol.Opaque)]
    [InlineData("{\"jsonrpc\":\"2.0\"}", DetectedProtocol.Opaque)]
    [InlineData("\0\0\0\u0008\u0004\u00d2\u0016/", DetectedProtocol.Opaque)]
    [InlineData("\u0010\u0012\0\u0004MQTT", DetectedProtocol.Opaque)]
    // Malformed HTTP is refused by the codec, never let through.
    [InlineData("get / HTTP/1.1\r\n", DetectedProtocol.Http1)]
    [InlineData("GET\t/\tHTTP/1.1\r\n", DetectedProtocol.Http1)]
    [InlineData("GET /a b HTTP/1.1\n", DetectedProtocol.Http1)]
    [InlineData("\n\r\n\nGET / HTTP/1.1\r\n", DetectedProtocol.Http1)]
    [InlineData("GET /\u00ff\u0001 HTTP/1.1\r\n", DetectedProtocol.Http1)]
    // TLS.
    [InlineData("\u0016", DetectedProtocol.NeedMore)]
    [InlineData("\u0016\u0003\u0001\u0002\0", DetectedProtocol.NeedMore)]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001", DetectedProtocol.Tls)]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0002", DetectedProtocol.Opaque)]
    [InlineData("\u0016\u0002", DetectedProtocol.Opaque)]
    public void Detect_FirstBytes_AreTold(string first, DetectedProtocol expected)
    {
        Assert.Equal(expected, ProtocolDetector.Detect(Encoding.Latin1.GetBytes(first)));
    }

    [Fact]
    public void Detect_BeyondTheLongestRequestLine_IsFinal()
    {
        Assert.Equal(DetectedProtocol.Http1, ProtocolDetector.Detect(Encoding.Latin1.GetBytes("GET /" + new string('a', 9_000))));
        Assert.Equal(DetectedProtocol.Http1, ProtocolDetector.Detect(Encoding.Latin1.GetBytes(new string('\n', 9_000))));
        Assert.Equal(DetectedProtocol.Opaque, ProtocolDetector.Detect(Encoding.Latin1.GetBytes(new string('a', 33))));
    }

    [Fact]
    public void Detect_OnceDecided_StaysDecided() =>
        Gen.Select(Gen.OneOf("GET / HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003\u0001\u0002\0\u0001", "SET a b\r\n", "\r\nGET"), Gen.Byte.Array[0, 30])
            .Sample((start, rest) =>
            {
                byte[] bytes = [.. Encoding.Latin1.GetBytes(start), .. rest];
                var decided = DetectedProtocol.NeedMore;
                for (int end = 0; end <= bytes.Length; end++)
                {
                    DetectedProtocol now = ProtocolDetector.Detect(bytes.AsSpan(0, end));
                    if (decided != DetectedProtocol.NeedMore) Assert.Equal(decided, now);
                    decided = now;
                }
            }, iter: 3_000);
}
