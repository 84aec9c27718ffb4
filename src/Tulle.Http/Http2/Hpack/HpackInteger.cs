namespace Tulle.Http.Http2.Hpack;

/// <summary>Integers with a prefix, RFC 7541 §5.1.</summary>
internal static class HpackInteger
{
    /// <summary>Most bytes of an integer that <see cref="Write"/> writes.</summary>
    public const int MaxBytes = 6;

    /// <summary>
    /// Reads an integer whose first byte holds <paramref name="prefixBits"/> bits of it. False when it is cut off or above
    /// 2^28, which no index, length or table size comes near; so an encoder that pads with zero groups is refused too.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> block, ref int position, int prefixBits, out int value)
    {
        value = 0;
        if (position >= block.Length) return false;
        int mask = (1 << prefixBits) - 1;
        value = block[position++] & mask;
        if (value < mask) return true;
        for (int shift = 0; shift <= 21; shift += 7)
        {
            if (position >= block.Length) return false;
            int group = block[position++];
            value += (group & 0x7F) << shift;
            if ((group & 0x80) == 0) return true;
        }
        return false;
    }

    /// <summary>Writes an integer behind the pattern bits of its first byte; returns the bytes written.</summary>
    public static int Write(Span<byte> destination, int pattern, int prefixBits, int value)
    {
        int mask = (1 << prefixBits) - 1;
        if (value < mask)
        {
            destination[0] = (byte)(pattern | value);
            return 1;
        }
        destination[0] = (byte)(pattern | mask);
        value -= mask;
        int written = 1;
        while (value >= 0x80)
        {
            destination[written++] = (byte)(value | 0x80);
            value >>= 7;
        }
        destination[written++] = (byte)value;
        return written;
    }
}
