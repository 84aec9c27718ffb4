using System.Text;
using Tulle.Http.Http2;
using Tulle.Http.Http2.Hpack;

namespace Tulle.Http.Fuzz.Targets;

/// <summary>
/// HPACK: a block either decodes or is refused, tables keep their limits, and what was decoded comes back the same after
/// our encoder. Each 0xFF 0x00 in the input ends a block; the first byte chooses the table's size.
/// </summary>
internal sealed class HpackTarget : IFuzzTarget
{
    public string Name => "hpack";

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        var decoder = new HpackDecoder(input[0] * 16);
        bool huffman = (input[0] & 1) == 1;
        var encoder = new HpackEncoder(4096, huffman);
        var again = new HpackDecoder(4096);
        var output = new Http2OutputBuffer(new Http2Memory());
        ReadOnlySpan<byte> rest = input[1..];
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf([(byte)0xFF, (byte)0x00]);
            ReadOnlySpan<byte> block = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 2)..];

            var head = new Http2Head();
            if (!decoder.TryDecode(block, head)) return;
            BrokenPromiseException.Unless(decoder.Table.Size <= decoder.Table.MaxSize, "the table keeps its limit");
            BrokenPromiseException.Unless(decoder.Table.Count * HpackDynamicTable.EntryOverhead <= decoder.Table.Size, "an entry counts 32 bytes and more");
            if (!head.IsTooLarge) AssertComesBack(head, encoder, again, output);
        }
        output.Release();
    }

    private static void AssertComesBack(Http2Head head, HpackEncoder encoder, HpackDecoder again, Http2OutputBuffer output)
    {
        encoder.Begin(output);
        foreach (ref readonly HeaderSlot slot in head.Headers)
            encoder.Field(output, slot.Name.In(head.Buffer), slot.Value.In(head.Buffer), slot.IsNeverIndexed);
        var second = new Http2Head();
        BrokenPromiseException.Unless(again.TryDecode(output.Pending, second), "what was encoded decodes");
        output.Consume(output.Length);
        BrokenPromiseException.Unless(Text(second) == Text(head), "fields survive the encoder");
        BrokenPromiseException.Unless(
            again.Table.Size == encoder.Table.Size && again.Table.Count == encoder.Table.Count, "the two tables stay in step");
    }

    private static string Text(Http2Head head)
    {
        var text = new StringBuilder();
        foreach (ref readonly HeaderSlot slot in head.Headers)
            text.Append(Encoding.Latin1.GetString(slot.Name.In(head.Buffer))).Append('=').Append(Encoding.Latin1.GetString(slot.Value.In(head.Buffer))).Append('\n');
        return text.ToString();
    }
}
