using Tulle.Http.Tracing;
using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Tracing;

/// <summary>The value of <c>x-request-id</c>: a UUID of version 4, as Envoy makes it.</summary>
internal static class RequestId
{
    public const int Length = 36;

    /// <summary>
    /// A new id: 122 random bits, version and variant (RFC 9562 §5.4). Also that of a trace, whose last seven bytes are to be random
    /// (W3C Trace Context Level 2 §3.2.2.3).
    /// </summary>
    public static (ulong High, ulong Low) New(IRandomSource random) =>
        (random.NextBits() & ~0xF000UL | 0x4000UL, random.NextBits() & ~(0b11UL << 62) | 0b10UL << 62);

    /// <summary>Writes <see cref="Length"/> bytes.</summary>
    public static void Write(ulong high, ulong low, Span<byte> destination)
    {
        Span<byte> digits = stackalloc byte[32];
        TraceHex.Write(high, digits);
        TraceHex.Write(low, digits[16..]);
        digits[..8].CopyTo(destination);
        digits[8..12].CopyTo(destination[9..]);
        digits[12..16].CopyTo(destination[14..]);
        digits[16..20].CopyTo(destination[19..]);
        digits[20..].CopyTo(destination[24..]);
        destination[8] = destination[13] = destination[18] = destination[23] = (byte)'-';
    }
}
