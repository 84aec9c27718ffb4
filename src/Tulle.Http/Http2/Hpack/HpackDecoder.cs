namespace Tulle.Http.Http2.Hpack;

/// <summary>
/// Decodes the field blocks of one connection in their order, RFC 7541 §3. An error leaves the two tables out of step, so
/// it ends the connection with COMPRESSION_ERROR (RFC 9113 §4.3).
/// </summary>
/// <param name="maxTableSize">SETTINGS_HEADER_TABLE_SIZE as announced.</param>
internal sealed class HpackDecoder(int maxTableSize)
{
    private readonly int _maxTableSize = maxTableSize;

    public HpackDynamicTable Table { get; } = new(maxTableSize);

    /// <summary>
    /// Decodes one whole field block into a head. False: the block is not HPACK. A head that is too large is not an error
    /// here: the rest is decoded for the table's sake and dropped.
    /// </summary>
    public bool TryDecode(ReadOnlySpan<byte> block, Http2Head into)
    {
        int position = 0;
        int updates = 0;
        while (position < block.Length)
        {
            int first = block[position];
            if ((first & 0x80) != 0)
            {
                if (!HpackInteger.TryRead(block, ref position, 7, out int index) || !TryAddIndexed(index, into)) return false;
                // Size updates stand at the beginning of a block only (RFC 7541 §4.2).
                updates = int.MaxValue;
            }
            else if ((first & 0xE0) == 0x20)
            {
                // Two suffice to say that the table was smaller for a moment (RFC 7541 §4.2).
                if (++updates is > 2 or < 0 || !HpackInteger.TryRead(block, ref position, 5, out int size) || size > _maxTableSize) return false;
                Table.Resize(size);
            }
            else
            {
                bool indexing = (first & 0x40) != 0;
                if (!HpackInteger.TryRead(block, ref position, indexing ? 6 : 4, out int nameIndex)) return false;
                if (!TryAddLiteral(block, ref position, nameIndex, indexing, neverIndexed: (first & 0xF0) == 0x10, into)) return false;
                updates = int.MaxValue;
            }
        }
        return true;
    }

    private bool TryAddIndexed(int index, Http2Head into)
    {
        if (index is > 0 and <= HpackStaticTable.Count)
        {
            into.AddLine(HpackStaticTable.Line(index), HpackStaticTable.NameLength(index), HpackStaticTable.TraitsOf(index));
            return true;
        }
        int distance = index - HpackStaticTable.Count - 1;
        if ((uint)distance >= (uint)Table.Count) return false;
        into.AddLine(Table.Line(distance, out int nameLength, out FieldTraits traits), nameLength, traits);
        return true;
    }

    private bool TryAddLiteral(ReadOnlySpan<byte> block, ref int position, int nameIndex, bool indexing, bool neverIndexed, Http2Head into)
    {
        int nameLength;
        if (nameIndex == 0)
        {
            if (!TryReadString(block, ref position, into, 0, out nameLength)) return false;
        }
        else
        {
            int distance = nameIndex - HpackStaticTable.Count - 1;
            if (distance >= Table.Count) return false;
            ReadOnlySpan<byte> known = distance < 0 ? HpackStaticTable.Name(nameIndex) : Table.Name(distance);
            known.CopyTo(into.Tail(0, known.Length));
            nameLength = known.Length;
        }
        if (!TryReadString(block, ref position, into, nameLength + 2, out int valueLength)) return false;

        ReadOnlySpan<byte> field = into.Tail(0, nameLength + 2 + valueLength);
        ReadOnlySpan<byte> name = field[..nameLength], value = field[(nameLength + 2)..];
        FieldTraits traits = FieldTraits.Of(name, value);
        if (indexing) Table.Add(name, value, traits);
        into.CommitTail(nameLength, valueLength, traits, neverIndexed);
        return true;
    }

    /// <summary>RFC 7541 §5.2.</summary>
    private static bool TryReadString(ReadOnlySpan<byte> block, ref int position, Http2Head into, int at, out int length)
    {
        length = 0;
        if (position >= block.Length) return false;
        bool huffman = (block[position] & 0x80) != 0;
        if (!HpackInteger.TryRead(block, ref position, 7, out int encoded) || encoded > block.Length - position) return false;
        ReadOnlySpan<byte> text = block.Slice(position, encoded);
        position += encoded;
        if (huffman)
        {
            length = HpackHuffman.Decode(text, into.Tail(at, HpackHuffman.MaxDecodedLength(encoded)));
            return length >= 0;
        }
        text.CopyTo(into.Tail(at, encoded));
        length = encoded;
        return true;
    }
}
