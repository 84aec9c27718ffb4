using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Tulle.Http.Tracing;

/// <summary>Ids as hexadecimal digits: lower case only, in every format (W3C Trace Context §3.2.2, B3). Sixteen at a time, for every request has some.</summary>
public static class TraceHex
{
    /// <summary>Digits of 64 bits.</summary>
    public const int Digits = 16;

    /// <summary>Reads 16 digits. False when something else is among them, or their number is another.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        if (text.Length != Digits) return false;
        Vector128<byte> characters = Vector128.Create(text);
        Vector128<byte> digits = characters - Vector128.Create((byte)'0'), letters = characters - Vector128.Create((byte)'a');
        // Unsigned, so that what is below the first character is far above the last.
        Vector128<byte> isDigit = Vector128.LessThanOrEqual(digits, Vector128.Create((byte)9));
        Vector128<byte> isLetter = Vector128.LessThanOrEqual(letters, Vector128.Create((byte)5));
        if ((isDigit | isLetter) != Vector128<byte>.AllBitsSet) return false;

        Vector128<ushort> pairs = Vector128.ConditionalSelect(isDigit, digits, letters + Vector128.Create((byte)10)).AsUInt16();
        // The first digit of a pair is the lower byte, and the upper half of the byte that they are.
        Vector128<ushort> bytes = (pairs << 4 | pairs >>> 8) & Vector128.Create((ushort)0xff);
        value = BinaryPrimitives.ReverseEndianness(Vector128.Narrow(bytes, bytes).AsUInt64().ToScalar());
        return true;
    }

    /// <summary>Reads two digits. False when something else is among them, or their number is another.</summary>
    public static bool TryReadByte(ReadOnlySpan<byte> text, out int value)
    {
        value = text.Length == 2 ? ValueOf(text[0]) << 4 | ValueOf(text[1]) : -1;
        return value >= 0;
    }

    /// <summary>Writes 16 digits.</summary>
    public static void Write(ulong value, Span<byte> destination) => Of(value).CopyTo(destination);

    /// <summary>The 16 digits, to be written to several places.</summary>
    public static Vector128<byte> Of(ulong value)
    {
        Vector128<ushort> bytes = Vector128.WidenLower(Vector128.CreateScalar(BinaryPrimitives.ReverseEndianness(value)).AsByte());
        Vector128<byte> halves = (bytes >>> 4 | (bytes & Vector128.Create((ushort)0xf)) << 8).AsByte();
        Vector128<byte> letters = Vector128.GreaterThan(halves.AsSByte(), Vector128.Create((sbyte)9)).AsByte() & Vector128.Create((byte)('a' - '0' - 10));
        return halves + Vector128.Create((byte)'0') + letters;
    }

    private static int ValueOf(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        _ => -1,
    };
}
