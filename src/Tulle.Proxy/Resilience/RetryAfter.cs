using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Tulle.Proxy.Resilience;

/// <summary>The Retry-After field (RFC 9110 §10.2.3).</summary>
internal static class RetryAfter
{
    private const int MaxDateLength = 40;

    /// <summary>Microseconds to wait; -1 when the field says nothing that can be understood.</summary>
    /// <param name="value">Seconds, or an HTTP date.</param>
    /// <param name="now">What a date is compared to.</param>
    public static long Parse(ReadOnlySpan<byte> value, DateTimeOffset now)
    {
        if (Utf8Parser.TryParse(value, out uint seconds, out int consumed) && consumed == value.Length) return seconds * 1_000_000L;
        if (value.Length is 0 or > MaxDateLength) return -1;
        Span<char> text = stackalloc char[MaxDateLength];
        int length = Encoding.Latin1.GetChars(value, text);
        return DateTimeOffset.TryParseExact(text[..length], "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            ? Math.Max(0, (date - now).Ticks / TimeSpan.TicksPerMicrosecond)
            : -1;
    }
}
