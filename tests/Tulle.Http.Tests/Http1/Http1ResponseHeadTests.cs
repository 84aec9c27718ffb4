using System.Text;
using Tulle.Http.Http1;

namespace Tulle.Http.Tests.Http1;

public sealed class Http1ResponseHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK", 200)]
    [InlineData("HTTP/1.1 204 ", 204)]
    [InlineData("HTTP/1.0 404", 404)]
    [InlineData("HTTP/1.1 599 Some \u00e9 reason", 599)]
    public void Parse_StatusLine_IsRead(string line, int status)
    {
        Http1ResponseHead head = Parse(line + "\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(status, head.Status);
    }

    [Theory]
    [InlineData(KnownMethod.Get, 200, "Content-Length: 5", MessageFraming.ContentLength, true)]
    [InlineData(KnownMethod.Get, 200, "Transfer-Encoding: chunked", MessageFraming.Chunked, true)]
    [InlineData(KnownMethod.Get, 200, "Transfer-Encoding: chunked\r\nContent-Length: 5", MessageFraming.Chunked, true)]
    [InlineData(KnownMethod.Get, 200, "A: b", MessageFraming.UntilClose, false)]
    [InlineData(KnownMethod.Head, 200, "Content-Length: 5", MessageFraming.None, true)]
    [InlineData(KnownMethod.Head, 200, "Transfer-Encoding: chunked", MessageFraming.None, true)]
    [InlineData(KnownMethod.Get, 304, "Content-Length: 5", MessageFraming.None, true)]
    [InlineData(KnownMethod.Get, 204, "Content-Length: 5", MessageFraming.None, true)]
    [InlineData(KnownMethod.Get, 103, "Link: a", MessageFraming.None, true)]
    [InlineData(KnownMethod.Connect, 200, "Content-Length: 5", MessageFraming.None, true)]
    [InlineData(KnownMethod.Connect, 407, "Content-Length: 5", MessageFraming.ContentLength, true)]
    public void Parse_MethodAndStatus_DecideFraming(KnownMethod method, int status, string fields, MessageFraming framing, bool keepAlive)
    {
        Http1ResponseHead head = Parse($"HTTP/1.1 {status} x\r\n{fields}\r\n\r\n", method);

        Assert.Equal(framing, head.Framing);
        Assert.Equal(keepAlive, head.KeepAlive);
    }

    [Fact]
    public void Parse_SwitchingStatus_IsTold()
    {
        Assert.True(Parse("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n").SwitchesProtocol);
        Assert.True(Parse("HTTP/1.1 200 OK\r\n\r\n", KnownMethod.Connect).SwitchesProtocol);
        Assert.False(Parse("HTTP/1.1 502 x\r\n\r\n", KnownMethod.Connect).SwitchesProtocol);
        Assert.True(Parse("HTTP/1.1 100 Continue\r\n\r\n").IsInterim);
        Assert.False(Parse("HTTP/1.1 101 x\r\n\r\n").IsInterim);
    }

    private static Http1ResponseHead Parse(string text, KnownMethod method = KnownMethod.Get)
    {
        var head = new Http1ResponseHead();
        head.Reset(method);
        Assert.True(head.Parse(Encoding.Latin1.GetBytes(text)) == ParseResult.Complete, head.Error.Text);
        return head;
    }
}
