namespace Tulle.Http.Tracing;

/// <summary>
/// B3, Zipkin's format: one field, <c>b3: {trace}-{span}[-{sampling}[-{parent}]]</c> or only the sampling, and several, <c>x-b3-…</c>. Ids of
/// traces have 32 or 16 digits.
/// </summary>
public static class B3
{
    /// <summary>Most bytes of <c>b3</c>: a long id, two short ones, the sampling and what stands between.</summary>
    public const int MaxSingle = 32 + 1 + 16 + 1 + 1 + 1 + 16;

    /// <summary>Reads the one field. False when it is invalid; a sampling alone is valid and no context.</summary>
    public static bool TryReadSingle(ReadOnlySpan<byte> value, ref IncomingTrace trace)
    {
        if (TryReadSampling(value, out TraceSampling only))
        {
            trace.Sampling = only;
            return true;
        }
        int dash = value.IndexOf((byte)'-');
        if (dash is not (16 or 32) || value.Length < dash + 17) return false;
        ReadOnlySpan<byte> rest = value[(dash + 17)..];
        var sampling = TraceSampling.Deferred;
        if (!rest.IsEmpty)
        {
            if (rest.Length < 2 || rest[0] != '-' || !TryReadSampling(rest[1..2], out sampling)) return false;
            rest = rest[2..];
            if (!rest.IsEmpty && (rest.Length != 17 || rest[0] != '-' || !TraceHex.TryRead(rest[1..], out _))) return false;
        }
        if (!TryReadIds(value[..dash], value.Slice(dash + 1, 16), ref trace)) return false;
        trace.Sampling = sampling;
        return true;
    }

    /// <summary>Reads ids of the several fields. False when one is invalid.</summary>
    public static bool TryReadIds(ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId, ref IncomingTrace trace)
    {
        if (traceId.Length is not (16 or 32) || spanId.Length != 16) return false;
        ulong high = 0;
        if (traceId.Length == 32 && !TraceHex.TryRead(traceId[..16], out high)) return false;
        if (!TraceHex.TryRead(traceId[^16..], out ulong low) || !TraceHex.TryRead(spanId, out ulong span)) return false;
        if ((high | low) == 0 || span == 0) return false;
        (trace.TraceHigh, trace.TraceLow, trace.SpanId) = (high, low, span);
        return true;
    }

    /// <summary>Reads <c>x-b3-sampled</c> and <c>x-b3-flags</c>; <c>true</c> and <c>false</c> are what old tracers sent.</summary>
    public static TraceSampling ReadSampling(ReadOnlySpan<byte> sampled, ReadOnlySpan<byte> flags)
    {
        if (flags.SequenceEqual("1"u8)) return TraceSampling.Debug;
        if (sampled.SequenceEqual("1"u8) || sampled.SequenceEqual("true"u8)) return TraceSampling.Sampled;
        return sampled.SequenceEqual("0"u8) || sampled.SequenceEqual("false"u8) ? TraceSampling.Dropped : TraceSampling.Deferred;
    }

    /// <summary>Writes the id of a trace, short where it came so. Returns how many bytes.</summary>
    public static int WriteTraceId(ulong high, ulong low, Span<byte> destination)
    {
        if (high != 0) TraceHex.Write(high, destination);
        int length = high != 0 ? 16 : 0;
        TraceHex.Write(low, destination[length..]);
        return length + 16;
    }

    /// <summary>Writes the one field. Returns how many bytes.</summary>
    /// <param name="parent">0: there is none.</param>
    public static int WriteSingle(ulong high, ulong low, ulong span, ulong parent, TraceSampling sampling, Span<byte> destination)
    {
        int length = WriteTraceId(high, low, destination);
        destination[length++] = (byte)'-';
        TraceHex.Write(span, destination[length..]);
        length += 16;
        destination[length++] = (byte)'-';
        destination[length++] = SamplingDigit(sampling);
        if (parent == 0) return length;
        destination[length++] = (byte)'-';
        TraceHex.Write(parent, destination[length..]);
        return length + 16;
    }

    /// <summary>How <c>b3</c> says whether a trace is recorded.</summary>
    public static byte SamplingDigit(TraceSampling sampling) => sampling switch { TraceSampling.Debug => (byte)'d', TraceSampling.Sampled => (byte)'1', _ => (byte)'0' };

    private static bool TryReadSampling(ReadOnlySpan<byte> value, out TraceSampling sampling)
    {
        sampling = value.Length != 1 ? TraceSampling.Deferred : value[0] switch
        {
            (byte)'0' => TraceSampling.Dropped,
            (byte)'1' => TraceSampling.Sampled,
            (byte)'d' => TraceSampling.Debug,
            _ => TraceSampling.Deferred,
        };
        return sampling != TraceSampling.Deferred;
    }
}
