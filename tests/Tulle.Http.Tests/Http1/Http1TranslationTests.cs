using System.Text;
using Tulle.Http.Http1;

namespace Tulle.Http.Tests.Http1;

public sealed class Http1TranslationTests
{
    private static readonly FieldEdits Changes = new(["x-gone"], [new FieldLine("x-set", "1")], []);

    [Fact]
    public void Request_WithSplitCookies_IsWrittenWithOneField()
    {
        string head = Request("cookie: a=1\r\nAccept: */*\r\ncookie: b=2\r\nX-Gone: 1\r\nTE: trailers\r\n", MessageFraming.None, 0, "");
        Assert.Equal("GET /path?q=1 HTTP/1.1\r\nHost: users:81\r\nAccept: */*\r\nCookie: a=1; b=2\r\nx-set: 1\r\n\r\n", head);
    }

    [Theory]
    [InlineData(MessageFraming.Chunked, "Transfer-Encoding: chunked\r\n")]
    [InlineData(MessageFraming.ContentLength, "Content-Length: 5000000000\r\n")]
    public void Request_WithBody_SaysHowItEnds(MessageFraming framing, string expected) =>
        Assert.Contains("x-set: 1\r\n" + expected + "\r\n", Request("Content-Length: 5\r\n", framing, 5_000_000_000, ""));

    [Fact]
    public void Request_Upgrade_IsAGetThatAsksForIt() =>
        Assert.EndsWith("Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n", Request("", MessageFraming.None, 0, "websocket"));

    [Fact]
    public void Response_WithoutReason_GetsTheUsualOne()
    {
        string head = Response(404, "Server: x\r\nX-Gone: 1\r\nContent-Length: 3\r\n", MessageFraming.ContentLength, "");
        Assert.Equal("HTTP/1.1 404 Not Found\r\nServer: x\r\nContent-Length: 3\r\nx-set: 1\r\n\r\n", head);
    }

    [Fact]
    public void Response_OfUnknownLength_IsChunked() =>
        Assert.Contains("x-set: 1\r\nTransfer-Encoding: chunked\r\n\r\n", Response(200, "", MessageFraming.Chunked, ""));

    // RFC 9110 §8.6: what GET would have had.
    [Fact]
    public void Response_ToHead_KeepsTheLength() =>
        Assert.Contains("Content-Length: 7\r\n", Response(200, "Content-Length: 7\r\n", MessageFraming.None, ""));

    [Fact]
    public void Response_NoContent_HasNoLength() =>
        Assert.DoesNotContain("Content-Length", Response(204, "Content-Length: 0\r\n", MessageFraming.None, ""));

    [Fact]
    public void Response_ToUpgrade_Is101() =>
        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", Response(200, "", MessageFraming.None, "websocket"));

    [Fact]
    public void End_WithTrailers_WritesThoseThatMayPass()
    {
        var trailers = new Http1Trailers();
        trailers.Append("grpc-status: 0\r\nContent-Length: 1\r\n\r\n"u8);
        byte[] buffer = new byte[100];
        Assert.True(Http1Translation.TryWriteEnd(trailers.Fields, buffer, out int written));
        Assert.Equal("0\r\ngrpc-status: 0\r\n\r\n", Encoding.ASCII.GetString(buffer, 0, written));
    }

    [Fact]
    public void Write_DestinationTooSmall_SaysSo()
    {
        Assert.False(Http1Translation.TryWriteRequest(new RequestView { Method = "GET"u8 }, MessageFraming.None, 0, default, new byte[8], default, out int written));
        Assert.Equal(0, written);
    }

    private static string Request(string fields, MessageFraming framing, long length, string upgrade)
    {
        byte[] source = Encoding.ASCII.GetBytes($"GET http://users/path?q=1 HTTP/1.1\r\nHost: users\r\n{fields}\r\n");
        var head = new Http1RequestHead();
        Assert.Equal(ParseResult.Complete, head.Parse(source));
        byte[] buffer = new byte[1_000];
        var edits = new HeadEdits { Authority = "users:81"u8, Fields = (FieldEdits[])[Changes] };
        Assert.True(Http1Translation.TryWriteRequest(
            new RequestView(head, source), framing, length, Encoding.ASCII.GetBytes(upgrade), buffer, edits, out int written));
        return Encoding.ASCII.GetString(buffer, 0, written);
    }

    private static string Response(int status, string fields, MessageFraming framing, string upgrade)
    {
        byte[] source = Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{fields}\r\n");
        var head = new Http1ResponseHead();
        Assert.Equal(ParseResult.Complete, head.Parse(source));
        byte[] buffer = new byte[1_000];
        Assert.True(Http1Translation.TryWriteResponse(
            new ResponseView(head, source), framing, Encoding.ASCII.GetBytes(upgrade), buffer, new HeadEdits { Fields = (FieldEdits[])[Changes] }, out int written));
        return Encoding.ASCII.GetString(buffer, 0, written);
    }
}
