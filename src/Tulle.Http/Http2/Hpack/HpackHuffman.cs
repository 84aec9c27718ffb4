namespace Tulle.Http.Http2.Hpack;

/// <summary>
/// The Huffman code of RFC 7541 §5.2. It is canonical, so the code lengths of Appendix B are the whole table: codes of one
/// length are consecutive in the order of their symbols.
/// </summary>
internal static class HpackHuffman
{
    private const int Symbols = 257;
    private const int EndOfString = 256;
    private const int MaxLength = 30;

    // Codes up to this length, which are those of all printable characters but a few, are found by one look-up.
    private const int TableBits = 10;

    private static readonly uint[] Codes = new uint[Symbols];
    private static readonly ushort[] Table = new ushort[1 << TableBits];

    // Per code length: the first code, shifted to the left of 30 bits, and where its symbols begin in Sorted.
    private static readonly uint[] FirstCode = new uint[MaxLength + 2];
    private static readonly int[] FirstSymbol = new int[MaxLength + 2];
    private static readonly ushort[] Sorted = new ushort[Symbols];

    static HpackHuffman()
    {
        uint code = 0;
        int sorted = 0;
        for (int length = 1; length <= MaxLength; length++)
        {
            FirstCode[length] = code << (MaxLength - length);
            FirstSymbol[length] = sorted;
            for (int symbol = 0; symbol < Symbols; symbol++)
            {
                if (Lengths[symbol] != length) continue;
                Codes[symbol] = code;
                Sorted[sorted++] = (ushort)symbol;
                if (length <= TableBits)
                    Table.AsSpan((int)code << (TableBits - length), 1 << (TableBits - length)).Fill((ushort)(length << 9 | symbol));
                code++;
            }
            code <<= 1;
        }
        FirstCode[MaxLength + 1] = uint.MaxValue;
    }

    /// <summary>Appendix B: bits per symbol; the last is EOS.</summary>
    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    /// <summary>Most bytes that <paramref name="encoded"/> bytes can decode to: the shortest code has five bits.</summary>
    public static int MaxDecodedLength(int encoded) => (int)((long)encoded * 8 / 5);

    /// <summary>
    /// Decodes a whole string into a span of at least <see cref="MaxDecodedLength"/> bytes. Returns its length, or -1: EOS
    /// inside, padding that is longer than seven bits or not the start of EOS (RFC 7541 §5.2).
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ulong bits = 0;
        int count = 0, next = 0, written = 0;
        while (true)
        {
            while (count <= 56 && next < source.Length)
            {
                bits = bits << 8 | source[next++];
                count += 8;
            }
            if (count < TableBits && next == source.Length) break;

            int entry = Table[(int)(bits >> (count - TableBits)) & ((1 << TableBits) - 1)];
            if (entry != 0)
            {
                destination[written++] = (byte)entry;
                count -= entry >> 9;
                continue;
            }
            int length = DecodeLong(bits, count, out int symbol);
            if (length == 0)
            {
                // Not a whole code: more than seven bits are left and none of the codes fits.
                return -1;
            }
            if (symbol == EndOfString) return -1;
            destination[written++] = (byte)symbol;
            count -= length;
        }

        // The last bits: codes of five bits and more, then padding with ones.
        while (count > 0)
        {
            ulong last = bits & ((1ul << count) - 1);
            ulong padded = last << (TableBits - count) | ((1ul << (TableBits - count)) - 1);
            int entry = Table[(int)padded];
            int length = entry >> 9;
            if (entry == 0 || length > count) return count <= 7 && last == (1ul << count) - 1 ? written : -1;
            destination[written++] = (byte)entry;
            count -= length;
        }
        return written;
    }

    /// <summary>Bytes that a string has when it is encoded.</summary>
    public static int EncodedLength(ReadOnlySpan<byte> source)
    {
        long bits = 0;
        foreach (byte symbol in source) bits += Lengths[symbol];
        return (int)((bits + 7) / 8);
    }

    /// <summary>Encodes into a span of <see cref="EncodedLength"/> bytes.</summary>
    public static void Encode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ulong bits = 0;
        int count = 0, written = 0;
        foreach (byte symbol in source)
        {
            bits = bits << Lengths[symbol] | Codes[symbol];
            count += Lengths[symbol];
            while (count >= 8)
            {
                count -= 8;
                destination[written++] = (byte)(bits >> count);
            }
        }
        if (count > 0) destination[written] = (byte)(bits << (8 - count) | ((1ul << (8 - count)) - 1));
    }

    private static int DecodeLong(ulong bits, int count, out int symbol)
    {
        symbol = 0;
        // The next 30 bits, with ones behind the end: no code but EOS is all ones.
        uint code = count >= MaxLength
            ? (uint)(bits >> (count - MaxLength)) & ((1u << MaxLength) - 1)
            : (uint)((bits & ((1ul << count) - 1)) << (MaxLength - count)) | ((1u << (MaxLength - count)) - 1);
        int length = TableBits + 1;
        while (length < MaxLength && code >= FirstCode[length + 1]) length++;
        if (length > count) return 0;
        symbol = Sorted[FirstSymbol[length] + (int)((code - FirstCode[length]) >> (MaxLength - length))];
        return length;
    }
}
