namespace Tulle.Proxy.Routing;

/// <summary>Percent-decoding (RFC 3986 §2.1). What is not two hexadecimal digits behind '%' stays as it is.</summary>
internal static class PercentDecoder
{
    /// <summary>Decodes into a destination that is at least as long as the source; returns the bytes written.</summary>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int written = 0;
        for (int i = 0; i < source.Length; i++)
        {
            byte value = source[i];
            if (value == '%' && i + 2 < source.Length && Digit(source[i + 1]) is >= 0 and int high && Digit(source[i + 2]) is >= 0 and int low)
            {
                value = (byte)(high << 4 | low);
                i += 2;
            }
            destination[written++] = value;
        }
        return written;
    }

    private static int Digit(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => -1,
    };
}
