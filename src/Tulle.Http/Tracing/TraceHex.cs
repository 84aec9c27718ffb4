using System.Buffers;
using System.Buffers.Binary;

namespace Tulle.Http.Tracing;

/// <summary>Ids as hexadecimal digits: lower case only, in every format (W3C Trace Context §3.2.2, B3).</summary>
public static class TraceHex
{
    private static readonly SearchValues<byte> s_digits = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>Reads up to 16 digits. False when something else is among them.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        if (text.Length is 0 or > 16 || text.ContainsAnyExcept(s_digits)) return false;
        foreach (byte digit in text) value = value << 4 | (uint)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
        return true;
    }

    /// <summary>Writes 16 digits.</summary>
    public static void Write(ulong value, Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Convert.TryToHexStringLower(bytes, destination, out _);
    }
}
