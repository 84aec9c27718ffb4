using System.Text;
using CsCheck;
using Tulle.Http.Http1;

namespace Tulle.Http.Tests.Http1;

/// <summary>Taking the content out of a chunked body, and putting it into one.</summary>
public sealed class Http1ContentProperties
{
    [Fact]
    public void NextContent_AnyChunksInAnyPieces_GivesContentAndTrailers()
    {
        Gen.Select(Gen.Byte.Array[1, 40].Array[0, 6], Gen.Bool, Gen.Int[1, 9]).Sample((chunks, withTrailers, step) =>
        {
            string trailers = withTrailers ? "A: 1\r\nb:\r\nHost: x\r\n" : "";
            var wire = new List<byte>();
            byte[] buffer = new byte[64];
            foreach (byte[] chunk in chunks) wire.AddRange(buffer[..Http1Translation.WriteChunk(chunk, buffer)]);
            wire.AddRange(Encoding.ASCII.GetBytes("0\r\n" + trailers + "\r\n"));
            int end = wire.Count;
            wire.AddRange("GET / next"u8.ToArray());
            byte[] all = [.. wire];

            var body = new Http1Body();
            body.Start(MessageFraming.Chunked, -1, Http1Limits.Default);
            var collected = new Http1Trailers();
            var content = new List<byte>();
            int taken = 0;
            for (int here = 0; !body.IsComplete; here = Math.Min(here + step, all.Length))
            {
                while (taken < here && !body.IsComplete)
                {
                    ParseResult result = body.NextContent(all.AsSpan(taken, here - taken), out int skip, out int length, out bool isTrailer);
                    Assert.NotEqual(ParseResult.Invalid, result);
                    if (isTrailer) collected.Append(all.AsSpan(taken, skip));
                    content.AddRange(all.AsSpan(taken + skip, length));
                    if (skip + length == 0) break;
                    taken += skip + length;
                }
            }
            Assert.Equal(end, taken);
            Assert.Equal(chunks.SelectMany(chunk => chunk), content);
            Assert.Equal(content.Count, body.ContentBytes);
            FieldsView fields = collected.Fields;
            Assert.Equal(withTrailers ? 3 : 0, fields.Slots.Length);
            if (!withTrailers) return;
            Assert.True(fields.TryFind("a"u8, out ReadOnlySpan<byte> value) && value.SequenceEqual("1"u8));
            Assert.True(fields.TryFind("B"u8, out value) && value.IsEmpty);
            // What routes or frames a message is not taken from a trailer.
            Assert.True(fields.Slots[2].IsHopByHop);
        });
    }

    [Fact]
    public void NextContent_BadChunk_IsInvalid()
    {
        var body = new Http1Body();
        body.Start(MessageFraming.Chunked, -1, Http1Limits.Default);
        Assert.Equal(ParseResult.NeedMore, body.NextContent("2\r\nabX"u8, out int skip, out int content, out _));
        Assert.Equal((3, 2), (skip, content));
        Assert.Equal(ParseResult.Invalid, body.NextContent("X"u8, out _, out content, out _));
        Assert.Equal(0, content);
    }

    [Fact]
    public void NextContent_KnownLength_IsAllContent()
    {
        var body = new Http1Body();
        body.Start(MessageFraming.ContentLength, 3, Http1Limits.Default);
        Assert.Equal(ParseResult.Complete, body.NextContent("abcGET"u8, out int skip, out int content, out bool trailers));
        Assert.Equal((0, 3, false), (skip, content, trailers));
    }
}
