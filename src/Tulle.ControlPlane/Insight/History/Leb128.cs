using System.Runtime.CompilerServices;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>Unsigned numbers in seven bits a byte, the lowest first (LEB128).</summary>
internal static class Leb128
{
    /// <summary>Most bytes of a number.</summary>
    public const int MaxLength = 10;

    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> to, ulong value)
    {
        int length = 0;
        while (value >= 0x80)
        {
            to[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        to[length++] = (byte)value;
        return length;
    }

    /// <summary>Takes a number from the front; what is cut off ends early.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ref ReadOnlySpan<byte> bytes)
    {
        // Nearly all of them: a list of a large mesh reads millions.
        if (bytes.Length == 0 || bytes[0] >= 0x80) return ReadAny(ref bytes);
        ulong value = bytes[0];
        bytes = bytes[1..];
        return value;
    }

    private static ulong ReadAny(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; bytes.Length > 0 && shift < 64; shift += 7)
        {
            byte next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) break;
        }
        return value;
    }
}
