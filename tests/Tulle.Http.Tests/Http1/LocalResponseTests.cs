using System.Text;
using Tulle.Http.Http1;

namespace Tulle.Http.Tests.Http1;

public sealed class LocalResponseTests
{
    [Fact]
    public void TryWriteError_Whole_IsAResponseThatTellsItsReason()
    {
        string response = Write(503, close: true, KnownMethod.Get);

        Assert.Equal(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 16\r\n"
            + "tulle-error: no-endpoints\r\nConnection: close\r\n\r\nnobody is there\n",
            response);
    }

    [Fact]
    public void TryWriteError_ForHead_HasTheLengthButNoBody()
    {
        string response = Write(502, close: false, KnownMethod.Head);

        Assert.Contains("content-length: 16\r\n", response);
        Assert.EndsWith("Connection: keep-alive\r\n\r\n", response);
    }

    [Theory]
    [InlineData(414)]
    [InlineData(431)]
    [InlineData(505)]
    [InlineData(599)]
    public void TryWriteError_AnyStatus_ParsesAsAResponse(int status)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(Write(status, close: true, KnownMethod.Get));
        var head = new Http1ResponseHead();

        Assert.Equal(ParseResult.Complete, head.Parse(bytes));
        Assert.Equal(status, head.Status);
        Assert.Equal(bytes.Length, head.Length + head.ContentLength);
    }

    [Fact]
    public void TryWriteError_DestinationTooSmall_WritesNothing()
    {
        Assert.False(LocalResponse.TryWriteError(
            new byte[50], 503, "tulle-error"u8, "no-endpoints"u8, "text"u8, close: true, KnownMethod.Get, out int written));
        Assert.Equal(0, written);
    }

    private static string Write(int status, bool close, KnownMethod method)
    {
        var destination = new byte[LocalResponse.OverheadBytes];
        Assert.True(LocalResponse.TryWriteError(
            destination, status, "tulle-error"u8, "no-endpoints"u8, "nobody is there"u8, close, method, out int written));
        return Encoding.Latin1.GetString(destination, 0, written);
    }
}
