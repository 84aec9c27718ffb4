using CsCheck;
using Tulle.Http.Http1;

namespace Tulle.Http.Tests.Http1;

public sealed class Http1BodyProperties
{
    private const int Iterations = 3_000;

    [Fact]
    public void Advance_ChunkedBodyInAnyPieces_IsRelayedWholeAndEndsExactly() =>
        Gen.Select(Generators.ChunkedBody, Gen.Byte.Array[0, 20], Gen.Int[1, 30].Array[1, 20]).Sample((chunked, rest, sizes) =>
        {
            (byte[] body, long content) = chunked;
            byte[] stream = [.. body, .. rest];
            (ParseResult result, byte[] relayed, Http1Body reader) = Relay(stream, sizes);

            Assert.True(result == ParseResult.Complete, reader.Error.Text);
            Assert.Equal(body, relayed);
            Assert.Equal(content, reader.ContentBytes);
        }, iter: Iterations);

    [Fact]
    public void Advance_DamagedBodyInAnyPieces_GivesTheSameResult() =>
        Gen.Select(Generators.ChunkedBody, Generators.Mutations, Gen.Int[1, 30].Array[1, 20]).Sample((chunked, mutations, sizes) =>
        {
            byte[] stream = Generators.Mutate(chunked.Body, mutations);
            (ParseResult result, byte[] relayed, Http1Body reader) = Relay(stream, sizes);
            (ParseResult whole, byte[] wholeRelayed, Http1Body wholeReader) = Relay(stream, [Math.Max(1, stream.Length)]);

            Assert.Equal((whole, wholeReader.Error, wholeReader.ContentBytes), (result, reader.Error, reader.ContentBytes));
            Assert.Equal(wholeRelayed, relayed);
        }, iter: Iterations);

    [Fact]
    public void Advance_ContentLengthInAnyPieces_EndsExactly() =>
        Gen.Select(Gen.Int[0, 200], Gen.Int[0, 50], Gen.Int[1, 30].Array[1, 20]).Sample((length, rest, sizes) =>
        {
            var body = new Http1Body();
            body.Start(MessageFraming.ContentLength, length, Http1Limits.Default);
            var stream = new byte[length + rest];
            int total = 0;
            for (int i = 0; !body.IsComplete; i++)
            {
                body.Advance(stream.AsSpan(total, Math.Min(sizes[i % sizes.Length], stream.Length - total)), out int take);
                total += take;
            }
            Assert.Equal(length, total);
            Assert.Equal(length, body.ContentBytes);
        }, iter: Iterations);

    /// <summary>Feeds a stream in pieces, as reads would deliver it, and collects what would be relayed.</summary>
    private static (ParseResult Result, byte[] Relayed, Http1Body Reader) Relay(byte[] stream, int[] sizes)
    {
        var reader = new Http1Body();
        reader.Start(MessageFraming.Chunked, -1, Http1Limits.Default);
        var relayed = new List<byte>();
        ParseResult result = ParseResult.NeedMore;
        int position = 0;
        for (int i = 0; position < stream.Length && result == ParseResult.NeedMore; i++)
        {
            ReadOnlySpan<byte> piece = stream.AsSpan(position, Math.Min(sizes[i % sizes.Length], stream.Length - position));
            result = reader.Advance(piece, out int take);
            if (result == ParseResult.NeedMore) Assert.Equal(piece.Length, take);
            relayed.AddRange(piece[..take]);
            position += take;
        }
        return (result, [.. relayed], reader);
    }
}
