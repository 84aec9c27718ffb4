namespace Tulle.Http.Http1;

/// <summary>Reads Content-Length: one run of digits, no sign, no list (RFC 9110 §8.6, RFC 9112 §6.3).</summary>
internal static class ContentLengthReader
{
    /// <summary>Digits of 2^63-1.</summary>
    private const int MaxDigits = 19;

    public static bool TryRead(ReadOnlySpan<byte> value, out long length)
    {
        length = 0;
        if (value.IsEmpty || value.Length > MaxDigits) return false;
        ulong sum = 0;
        foreach (byte digit in value)
        {
            if (!Characters.IsDigit(digit)) return false;
            sum = sum * 10 + (uint)(digit - '0');
        }
        length = (long)sum;
        return sum <= long.MaxValue;
    }
}
