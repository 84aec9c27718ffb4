using System.Text;
using Tulle.Http.Http1;

namespace Tulle.Http.Tests.Http1;

public sealed class Http1BodyTests
{
    [Theory]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", 5)]
    [InlineData("1;a=b\r\nx\r\n0;c\r\n\r\n", 1)]
    [InlineData("00A\r\n0123456789\r\n000\r\nTrailer: x\r\nOther:\r\n\r\n", 10)]
    [InlineData("a\r\n0123456789\r\n3\r\nabc\r\n0\r\n\r\n", 13)]
    [InlineData("0\r\n\r\n", 0)]
    public void Advance_ChunkedBody_EndsExactly(string body, long content)
    {
        var reader = Chunked();

        ParseResult result = reader.Advance(Encoding.Latin1.GetBytes(body + "GET / next"), out int take);

        Assert.Equal(ParseResult.Complete, result);
        Assert.Equal(body.Length, take);
        Assert.Equal(content, reader.ContentBytes);
        Assert.True(reader.IsComplete);
    }

    [Theory]
    [InlineData("\r\n", Http1ErrorKind.InvalidChunkSize)]
    [InlineData(" 5\r\nhello\r\n", Http1ErrorKind.InvalidChunkSize)]
    [InlineData("5 \r\nhello\r\n", Http1ErrorKind.InvalidChunkSize)]
    [InlineData("+5\r\nhello\r\n", Http1ErrorKind.InvalidChunkSize)]
    [InlineData("-5\r\nhello\r\n", Http1ErrorKind.InvalidChunkSize)]
    [InlineData("0x5\r\nhello\r\n", Http1ErrorKind.InvalidChunkSize)]
    [InlineData("5\nhello\r\n", Http1ErrorKind.InvalidChunkSize)]
    [InlineData("5\rhello\r\n", Http1ErrorKind.InvalidChunkSize)]
    [InlineData(";a\r\n", Http1ErrorKind.InvalidChunkSize)]
    [InlineData("8000000000000000\r\n", Http1ErrorKind.InvalidChunkSize)]
    [InlineData("00000000000000001\r\n", Http1ErrorKind.InvalidChunkSize)]
    [InlineData("5;a\nhello\r\n", Http1ErrorKind.InvalidChunkExtension)]
    [InlineData("5;a\0\r\n", Http1ErrorKind.InvalidChunkExtension)]
    [InlineData("5\r\nhelloX\r\n", Http1ErrorKind.InvalidChunkEnd)]
    [InlineData("5\r\nhello\n", Http1ErrorKind.InvalidChunkEnd)]
    [InlineData("5\r\nhello\r5", Http1ErrorKind.InvalidChunkEnd)]
    [InlineData("0\r\n\rX", Http1ErrorKind.InvalidChunkEnd)]
    [InlineData("0\r\n\n", Http1ErrorKind.InvalidTrailer)]
    [InlineData("0\r\nName : x\r\n\r\n", Http1ErrorKind.InvalidTrailer)]
    [InlineData("0\r\n folded\r\n\r\n", Http1ErrorKind.InvalidTrailer)]
    [InlineData("0\r\n: x\r\n\r\n", Http1ErrorKind.InvalidTrailer)]
    [InlineData("0\r\nGET / HTTP/1.1\r\n\r\n", Http1ErrorKind.InvalidTrailer)]
    [InlineData("0\r\na: b\n\r\n", Http1ErrorKind.InvalidTrailer)]
    public void Advance_BadChunk_IsInvalid(string body, Http1ErrorKind expected)
    {
        var reader = Chunked();

        Assert.Equal(ParseResult.Invalid, reader.Advance(Encoding.Latin1.GetBytes(body), out int take));

        Assert.Equal(expected, reader.Error.Kind);
        Assert.True(take < body.Length);
    }

    [Fact]
    public void Advance_BeyondLimits_IsInvalidAtTheSameByteForEverySplit()
    {
        AssertLimit("1;" + new string('e', 17), "1;" + new string('e', 16) + "\r\nx\r\n0\r\n\r\n", Http1ErrorKind.ChunkExtensionTooLong);
        AssertLimit("0\r\na: " + new string('t', 30), "0\r\na: " + new string('t', 26) + "\r\n\r\n", Http1ErrorKind.TrailersTooLarge);
        AssertLimit("0\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:", "0\r\na:\r\na:\r\na:\r\n\r\n", Http1ErrorKind.TrailersTooLarge);
        AssertLimit("0\r\n" + new string('n', 33), "0\r\n" + new string('n', 28) + ":\r\n\r\n", Http1ErrorKind.TrailersTooLarge);

        static void AssertLimit(string tooLong, string fits, Http1ErrorKind expected)
        {
            var limits = new Http1Limits { ChunkExtensionBytes = 16, TrailerBytes = 32 };
            var whole = new Http1Body();
            whole.Start(MessageFraming.Chunked, -1, limits);
            Assert.Equal(ParseResult.Invalid, whole.Advance(Encoding.Latin1.GetBytes(tooLong), out int take));
            Assert.Equal(expected, whole.Error.Kind);

            var single = new Http1Body();
            single.Start(MessageFraming.Chunked, -1, limits);
            int taken = 0;
            foreach (byte b in Encoding.Latin1.GetBytes(tooLong))
            {
                if (single.Advance([b], out int one) == ParseResult.Invalid) break;
                taken += one;
            }
            Assert.Equal(take, taken);
            Assert.Equal(expected, single.Error.Kind);

            var ok = new Http1Body();
            ok.Start(MessageFraming.Chunked, -1, limits);
            Assert.True(ok.Advance(Encoding.Latin1.GetBytes(fits), out _) == ParseResult.Complete, ok.Error.Text);
        }
    }

    [Fact]
    public void Advance_ContentLength_TakesExactlyThatMany()
    {
        var body = new Http1Body();
        body.Start(MessageFraming.ContentLength, 5, Http1Limits.Default);

        Assert.Equal(ParseResult.NeedMore, body.Advance("abc"u8, out int first));
        Assert.Equal(ParseResult.Complete, body.Advance("defgh"u8, out int second));

        Assert.Equal((3, 2, 5L), (first, second, body.ContentBytes));
    }

    [Fact]
    public void Advance_UntilClose_TakesEverything()
    {
        var body = new Http1Body();
        body.Start(MessageFraming.UntilClose, -1, Http1Limits.Default);

        Assert.Equal(ParseResult.NeedMore, body.Advance("abc"u8, out int take));

        Assert.Equal(3, take);
        Assert.True(body.EndsWithConnection);
    }

    [Theory]
    [InlineData(MessageFraming.None, -1)]
    [InlineData(MessageFraming.ContentLength, 0)]
    public void Start_WithoutBody_IsCompleteAtOnce(MessageFraming framing, long length)
    {
        var body = new Http1Body();
        body.Start(framing, length, Http1Limits.Default);

        Assert.True(body.IsComplete);
        Assert.Equal(ParseResult.Complete, body.Advance("next"u8, out int take));
        Assert.Equal(0, take);
    }

    private static Http1Body Chunked()
    {
        var body = new Http1Body();
        body.Start(MessageFraming.Chunked, -1, Http1Limits.Default);
        return body;
    }
}
