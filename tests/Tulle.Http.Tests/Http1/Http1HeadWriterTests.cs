using System.Text;
using Tulle.Http.Http1;

namespace Tulle.Http.Tests.Http1;

public sealed class Http1HeadWriterTests
{
    [Theory]
    [InlineData("GET /a HTTP/1.1\r\nhOST:  h \r\nB: 1\r\na: 2\r\n\r\n", "GET /a HTTP/1.1\r\nhOST:  h \r\nB: 1\r\na: 2\r\n\r\n")]
    [InlineData("GET http://users:80/a?b HTTP/1.1\r\nA: 1\r\nHost: other\r\n\r\n", "GET /a?b HTTP/1.1\r\nA: 1\r\nHost: users:80\r\n\r\n")]
    [InlineData("GET http://users HTTP/1.0\r\nA: 1\r\n\r\n", "GET / HTTP/1.0\r\nA: 1\r\nHost: users\r\n\r\n")]
    [InlineData("GET http://users?q HTTP/1.1\r\nHost: users\r\n\r\n", "GET /?q HTTP/1.1\r\nHost: users\r\n\r\n")]
    [InlineData("OPTIONS http://users HTTP/1.1\r\nHost: users\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: users\r\n\r\n")]
    [InlineData(
        "GET http://u/ HTTP/1.1\r\nHost: u\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic x\r\nX: 1\r\nConnection: X\r\nY: 2\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: u\r\nY: 2\r\n\r\n")]
    [InlineData(
        "GET / HTTP/1.1\r\nHost: u\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nY: 2\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: u\r\nUpgrade: websocket\r\nY: 2\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: u\r\nTE: gzip\r\nConnection: TE\r\n\r\n", "GET / HTTP/1.1\r\nHost: u\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: u\r\nTE: trailers\r\nConnection: te\r\n\r\n", "GET / HTTP/1.1\r\nHost: u\r\nTE: trailers\r\nConnection: TE\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nHost: u\r\nConnection: keep-alive\r\n\r\n", "GET / HTTP/1.0\r\nHost: u\r\nConnection: keep-alive\r\n\r\n")]
    [InlineData(
        "POST / HTTP/1.1\r\nHost: u\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: u\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: u\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "POST / HTTP/1.1\r\nHost: u\r\nContent-Length: 1\r\n\r\n")]
    public void TryWriteRequest_WithoutEdits_ForwardsWhatIsEndToEnd(string request, string expected)
    {
        Assert.Equal(expected, Write(request, default));
    }

    [Fact]
    public void TryWriteRequest_WithEdits_ReplacesRemovesAndAppends()
    {
        var edits = new HeadEdits
        {
            Authority = "new:81"u8,
            Fields = (FieldEdits[])[new FieldEdits(["x-gone"], [new FieldLine("tulle-client-id", "spiffe://a")], [])],
            Close = true,
        };

        string written = Write("GET / HTTP/1.1\r\nX-Gone: 1\r\nHost: old\r\nTulle-Client-Id: forged\r\nKeep: 1\r\n\r\n", edits);

        Assert.Equal("GET / HTTP/1.1\r\nHost: new:81\r\nKeep: 1\r\ntulle-client-id: spiffe://a\r\nConnection: close\r\n\r\n", written);
    }

    [Theory]
    [InlineData("HTTP/1.0 200 Fine\r\nA: 1\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 Fine\r\nA: 1\r\n\r\n")]
    [InlineData(
        "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nUpgrade: h2,h2c\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nKeep-Alive: timeout=5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 204\r\nContent-Length: 3\r\n\r\n", "HTTP/1.1 204\r\n\r\n")]
    public void TryWriteResponse_WithoutEdits_ForwardsWhatIsEndToEnd(string response, string expected)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(response);
        var head = new Http1ResponseHead();
        Assert.Equal(ParseResult.Complete, head.Parse(bytes));
        var destination = new byte[Http1HeadWriter.MaxBytes(head, default)];

        Assert.True(Http1HeadWriter.TryWriteResponse(head, bytes, destination, default, out int written));

        Assert.Equal(expected, Encoding.Latin1.GetString(destination, 0, written));
    }

    [Fact]
    public void TryWriteRequest_DestinationTooSmall_WritesNothing()
    {
        byte[] bytes = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray();
        var head = new Http1RequestHead();
        head.Parse(bytes);

        for (int size = 0; size < bytes.Length; size++)
        {
            Assert.False(Http1HeadWriter.TryWriteRequest(head, bytes, new byte[size], default, out int written));
            Assert.Equal(0, written);
        }
        Assert.True(Http1HeadWriter.TryWriteRequest(head, bytes, new byte[bytes.Length], default, out _));
    }

    private static string Write(string request, HeadEdits edits)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(request);
        var head = new Http1RequestHead();
        Assert.True(head.Parse(bytes) == ParseResult.Complete, head.Error.Text);
        var destination = new byte[Http1HeadWriter.MaxBytes(head, edits)];
        Assert.True(Http1HeadWriter.TryWriteRequest(head, bytes, destination, edits, out int written));
        return Encoding.Latin1.GetString(destination, 0, written);
    }
}
