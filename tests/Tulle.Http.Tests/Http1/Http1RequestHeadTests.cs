using System.Text;
using Tulle.Http.Http1;

namespace Tulle.Http.Tests.Http1;

public sealed class Http1RequestHeadTests
{
    [Fact]
    public void Parse_PlainRequest_RecordsEveryPart()
    {
        (Http1RequestHead head, byte[] bytes) = Parse("GET /users/1?x=y&z HTTP/1.1\r\nHost: users:80\r\nAccept:  */* \r\n\r\nrest");

        Assert.Equal(KnownMethod.Get, head.Method);
        Assert.Equal("GET", Text(head.MethodText, bytes));
        Assert.Equal(TargetForm.Origin, head.TargetForm);
        Assert.Equal("/users/1?x=y&z", Text(head.Target, bytes));
        Assert.Equal("/users/1", Text(head.Path, bytes));
        Assert.Equal("x=y&z", Text(head.Query, bytes));
        Assert.Equal("users:80", Text(head.Authority, bytes));
        Assert.True(head.IsHttp11);
        Assert.True(head.KeepAlive);
        Assert.Equal(MessageFraming.None, head.Framing);
        Assert.Equal(bytes.Length - 4, head.Length);
        Assert.True(head.TryFind(bytes, "accept"u8, out ByteRange accept));
        Assert.Equal("*/*", Text(accept, bytes));
    }

    [Theory]
    [InlineData("GET http://users.shop:80/a?b HTTP/1.1", TargetForm.Absolute, "users.shop:80", "/a", "b")]
    [InlineData("GET http://users HTTP/1.1", TargetForm.Absolute, "users", "/", "")]
    [InlineData("GET HTTPS://users?q HTTP/1.1", TargetForm.Absolute, "users", "/", "q")]
    [InlineData("GET http://[::1]:80/ HTTP/1.1", TargetForm.Absolute, "[::1]:80", "/", "")]
    [InlineData("CONNECT users:443 HTTP/1.1", TargetForm.Authority, "users:443", "", "")]
    [InlineData("OPTIONS * HTTP/1.1", TargetForm.Asterisk, "host", "*", "")]
    [InlineData("GET //double/slash HTTP/1.1", TargetForm.Origin, "host", "//double/slash", "")]
    public void Parse_TargetForm_SplitsIt(string line, TargetForm form, string authority, string path, string query)
    {
        (Http1RequestHead head, byte[] bytes) = Parse(line + "\r\nHost: host\r\n\r\n");

        Assert.Equal(form, head.TargetForm);
        Assert.Equal(authority, Text(head.Authority, bytes));
        Assert.Equal(path, Encoding.ASCII.GetString(head.PathIn(bytes)));
        Assert.Equal(query, Text(head.Query, bytes));
    }

    [Theory]
    [InlineData("HTTP/1.1", "", true)]
    [InlineData("HTTP/1.1", "Connection: close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: x, Close\r\n", false)]
    [InlineData("HTTP/1.0", "", false)]
    [InlineData("HTTP/1.0", "Connection: Keep-Alive\r\n", true)]
    [InlineData("HTTP/1.0", "Connection: keep-alive\r\nConnection: close\r\n", false)]
    [InlineData("HTTP/1.0", "Proxy-Connection: keep-alive\r\n", false)]
    public void Parse_Connection_DecidesKeepAlive(string version, string fields, bool keepAlive)
    {
        (Http1RequestHead head, _) = Parse($"GET / {version}\r\nHost: h\r\n{fields}\r\n");

        Assert.Equal(keepAlive, head.KeepAlive);
    }

    [Theory]
    [InlineData("", MessageFraming.None, -1)]
    [InlineData("Content-Length: 0\r\n", MessageFraming.ContentLength, 0)]
    [InlineData("content-length: 9223372036854775807\r\n", MessageFraming.ContentLength, long.MaxValue)]
    [InlineData("Content-Length: 7\r\nContent-Length: 007\r\n", MessageFraming.ContentLength, 7)]
    [InlineData("Transfer-Encoding: Chunked\r\n", MessageFraming.Chunked, -1)]
    public void Parse_BodyFields_DecideFraming(string fields, MessageFraming framing, long length)
    {
        (Http1RequestHead head, _) = Parse($"POST / HTTP/1.1\r\nHost: h\r\n{fields}\r\n");

        Assert.Equal(framing, head.Framing);
        Assert.Equal(length, head.ContentLength);
    }

    [Theory]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket\r\n", true)]
    [InlineData("Connection: keep-alive, upgrade\r\nUpgrade: websocket\r\n", true)]
    [InlineData("Upgrade: websocket\r\n", false)]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n", false)]
    public void Parse_Upgrade_IsWantedOnlyWithConnectionAndNeverForH2c(string fields, bool wanted)
    {
        (Http1RequestHead head, byte[] bytes) = Parse($"GET / HTTP/1.1\r\nHost: h\r\n{fields}\r\n");

        Assert.Equal(wanted, head.WantsUpgrade);
        Assert.Equal(wanted ? "websocket" : "", Text(head.UpgradeProtocols, bytes));
    }

    [Theory]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n", "AAMAAABk")]
    [InlineData("Upgrade: foo, H2C\r\nhttp2-settings: AAMAAABk\r\nConnection: upgrade\r\nConnection: http2-settings\r\n", "AAMAAABk")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 0\r\n", "AAMAAABk")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n", "")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nHTTP2-Settings: AAMAAABk\r\n", "")]
    [InlineData("Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n", "")]
    [InlineData("Connection: HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n", "")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: websocket\r\nHTTP2-Settings: AAMAAABk\r\n", "")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 1\r\n", "")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nTransfer-Encoding: chunked\r\n", "")]
    public void Parse_Http2Settings_CountOnlyAsRfc7540Demands(string fields, string settings)
    {
        (Http1RequestHead head, byte[] bytes) = Parse($"GET / HTTP/1.1\r\nHost: h\r\n{fields}\r\n");

        Assert.Equal(settings, Text(head.Http2Settings, bytes));
        // Taken or not, they go no further.
        Assert.DoesNotContain(head.Headers.ToArray(), slot => slot.Id == KnownHeader.Http2Settings && !slot.IsHopByHop);
    }

    [Fact]
    public void Parse_ExpectContinue_IsFlagged()
    {
        Assert.True(Parse("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n").Head.ExpectsContinue);
        Assert.False(Parse("PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n").Head.ExpectsContinue);
    }

    [Fact]
    public void Parse_NominatedField_IsHopByHop()
    {
        (Http1RequestHead head, byte[] bytes) = Parse("GET / HTTP/1.1\r\nHost: h\r\nX-Secret: 1\r\nX-Other: 2\r\nConnection: x-secret\r\n\r\n");

        string[] dropped = [.. head.Headers.ToArray().Where(h => h.IsHopByHop).Select(h => Text(h.Name, bytes))];
        Assert.Equal(["X-Secret", "Connection"], dropped);
    }

    [Fact]
    public void Parse_EmptyLineBeforeRequest_IsSkippedOnce()
    {
        (Http1RequestHead head, byte[] bytes) = Parse("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.Equal("GET", Text(head.MethodText, bytes));

        Assert.Equal(Http1ErrorKind.MalformedStartLine, Refuse("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    }

    [Fact]
    public void Parse_PipelinedRequests_StopsAtTheFirst()
    {
        const string one = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
        (Http1RequestHead head, byte[] bytes) = Parse(one + "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.Equal(one.Length, head.Length);

        head.Reset();
        byte[] second = bytes[one.Length..];
        Assert.Equal(ParseResult.Complete, head.Parse(second));
        Assert.Equal("/2", Text(head.Path, second));
    }

    [Fact]
    public void Parse_BeyondLimits_IsRefusedWithItsStatus()
    {
        var limits = new Http1Limits { HeadBytes = 256, TargetBytes = 64, HeaderCount = 3 };
        Assert.Equal(414, RefuseStatus($"GET /{new string('a', 64)} HTTP/1.1\r\nHost: h\r\n\r\n", limits));
        Assert.Equal(414, RefuseStatus($"GET /{new string('a', 200)}", limits));
        Assert.Equal(431, RefuseStatus($"GET / HTTP/1.1\r\nHost: h\r\nA: {new string('a', 256)}\r\n\r\n", limits));
        Assert.Equal(431, RefuseStatus("GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", limits));

        string longest = $"GET /{new string('a', 63)} HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: ";
        string head = longest + new string('b', 256 - longest.Length - 4) + "\r\n\r\n";
        Assert.Equal(ParseResult.Complete, new Http1RequestHead(limits).Parse(Encoding.Latin1.GetBytes(head)));
    }

    private static (Http1RequestHead Head, byte[] Bytes) Parse(string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        var head = new Http1RequestHead();
        Assert.True(head.Parse(bytes) == ParseResult.Complete, head.Error.Text);
        return (head, bytes);
    }

    private static Http1ErrorKind Refuse(string text)
    {
        var head = new Http1RequestHead();
        Assert.Equal(ParseResult.Invalid, head.Parse(Encoding.Latin1.GetBytes(text)));
        return head.Error.Kind;
    }

    private static int RefuseStatus(string text, Http1Limits limits)
    {
        var head = new Http1RequestHead(limits);
        Assert.Equal(ParseResult.Invalid, head.Parse(Encoding.Latin1.GetBytes(text)));
        return head.Error.Status;
    }

    private static string Text(ByteRange range, byte[] bytes) => Encoding.Latin1.GetString(range.In(bytes));
}
