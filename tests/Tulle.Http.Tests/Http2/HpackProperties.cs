using System.Text;
using CsCheck;
using Tulle.Http.Http2;
using Tulle.Http.Http2.Hpack;

namespace Tulle.Http.Tests.Http2;

/// <summary>What holds for any fields: they survive the encoder, and the two tables stay in step whatever their size does.</summary>
public sealed class HpackProperties
{
    private static readonly Gen<string> Name = Gen.OneOf(
        OneOf("content-type", "cookie", "x-id", "authorization", "accept", "grpc-timeout"),
        Gen.String["abcdefghijklmnopqrstuvwxyz-0123456789"].Where(s => s.Length is > 0 and < 40));

    private static readonly Gen<string> Value = Gen.OneOf(
        OneOf("", "application/grpc", "*/*", "gzip, deflate", new string('v', 300)),
        Gen.String[Gen.Char['!', '~']].Where(s => s.Length < 200));

    // A block: fields, and a size of the table to change to before it, or nothing.
    private static readonly Gen<((string Name, string Value)[] Fields, int Size)> Block =
        Gen.Select(Gen.Select(Name, Value).Array[0, 12], OneOf(-1, -1, -1, 0, 64, 200, 4096));

    private static Gen<T> OneOf<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    [Fact]
    public void Encode_AnyBlocks_DecodeToTheSame() =>
        Gen.Select(Block.Array[1, 20], Gen.Bool).Sample((blocks, huffman) =>
        {
            var memory = new Http2Memory();
            var output = new Http2OutputBuffer(memory);
            var encoder = new HpackEncoder(4096, huffman);
            var decoder = new HpackDecoder(4096);
            foreach (((string Name, string Value)[] fields, int size) in blocks)
            {
                if (size >= 0) encoder.SetMaxTableSize(size);
                encoder.Begin(output);
                foreach ((string name, string value) in fields) encoder.Field(output, Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));
                var head = new Http2Head();
                if (!decoder.TryDecode(output.Pending, head)) return false;
                output.Consume(output.Length);
                if (!HeadText.LinesOf(head).SequenceEqual(fields.Select(f => $"{f.Name}: {f.Value}"))) return false;
                if (decoder.Table.Count != encoder.Table.Count || decoder.Table.Size != encoder.Table.Size) return false;
            }
            return true;
        });

    [Fact]
    public void Huffman_AnyBytes_RoundTrip() => Gen.Byte.Array[0, 400].Sample(bytes =>
    {
        var encoded = new byte[HpackHuffman.EncodedLength(bytes)];
        HpackHuffman.Encode(bytes, encoded);
        var decoded = new byte[HpackHuffman.MaxDecodedLength(encoded.Length)];
        int length = HpackHuffman.Decode(encoded, decoded);
        return length == bytes.Length && decoded.AsSpan(0, length).SequenceEqual(bytes);
    });

    [Fact]
    public void Integer_AnyValueAndPrefix_RoundTrips() => Gen.Select(Gen.Int[0, (1 << 28) - 1], Gen.Int[1, 8]).Sample((value, prefix) =>
    {
        var bytes = new byte[HpackInteger.MaxBytes];
        int length = HpackInteger.Write(bytes, 0, prefix, value);
        int position = 0;
        return HpackInteger.TryRead(bytes.AsSpan(0, length), ref position, prefix, out int read) && read == value && position == length;
    });

    [Fact]
    public void Encoder_RepeatedField_IsIndexedAtItsSecondSight_UnlessItIsSecret()
    {
        var output = new Http2OutputBuffer(new Http2Memory());
        var encoder = new HpackEncoder(4096, huffman: false);
        int[] lengths = new int[3], secret = new int[3];
        for (int i = 0; i < 3; i++)
        {
            lengths[i] = Length("x-version", "1.2.3");
            secret[i] = Length("authorization", "Bearer abc");
        }

        Assert.Equal(1, lengths[2]);
        Assert.True(lengths[0] > 10);
        Assert.Equal(secret[0], secret[2]);

        int Length(string name, string value)
        {
            encoder.Field(output, Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));
            int length = output.Length;
            output.Consume(length);
            return length;
        }
    }
}
