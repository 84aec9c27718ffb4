namespace Tulle.Http.Tracing;

/// <summary>The value of <c>traceparent</c>: <c>00-{32 digits}-{16 digits}-{2 digits}</c> (W3C Trace Context §3.2).</summary>
public static class TraceParent
{
    /// <summary>Bytes of a value of version 00.</summary>
    public const int Length = 55;

    private const int Sampled = 1;

    /// <summary>
    /// Reads a value, strictly: what is invalid is as if there was none. Of a later version the known part is read, as §3.2.4 wants it.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> value, ref IncomingTrace trace)
    {
        if (value.Length < Length || value[2] != '-' || value[35] != '-' || value[52] != '-') return false;
        if (!TraceHex.TryReadByte(value[..2], out int version) || version == 0xff) return false;
        if (version == 0 ? value.Length != Length : value.Length > Length && value[Length] != '-') return false;
        if (!TraceHex.TryRead(value[3..19], out ulong high) || !TraceHex.TryRead(value[19..35], out ulong low)) return false;
        if (!TraceHex.TryRead(value[36..52], out ulong span) || !TraceHex.TryReadByte(value[53..55], out int flags)) return false;
        if ((high | low) == 0 || span == 0) return false;
        (trace.TraceHigh, trace.TraceLow, trace.SpanId) = (high, low, span);
        trace.Sampling = (flags & Sampled) != 0 ? TraceSampling.Sampled : TraceSampling.Dropped;
        return true;
    }

    /// <summary>Writes <see cref="Length"/> bytes. Flags that version 00 does not know are 0 (§3.2.2.5).</summary>
    public static void Write(ulong high, ulong low, ulong span, bool sampled, Span<byte> destination)
    {
        "00-"u8.CopyTo(destination);
        TraceHex.Write(high, destination[3..]);
        TraceHex.Write(low, destination[19..]);
        destination[35] = (byte)'-';
        TraceHex.Write(span, destination[36..]);
        (sampled ? "-01"u8 : "-00"u8).CopyTo(destination[52..]);
    }
}
