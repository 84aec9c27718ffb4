using System.Numerics;

namespace Tulle.Protocol;

/// <summary>
/// The latency histogram that proxies fill and the control plane reads: eight linear steps per power of two, from 1 µs
/// to 2^27 µs (134 s), so that a quantile is off by at most 6.25 %.
/// </summary>
public static class LatencyBuckets
{
    private const int StepBits = 3;
    private const int MaxExponent = 27;

    /// <summary>Number of buckets; the last one holds everything from 2^27 µs on.</summary>
    public const int Count = ((MaxExponent - StepBits + 1) << StepBits) + 1;

    /// <summary>The bucket of a latency in microseconds. Any thread, no allocation.</summary>
    public static int IndexOf(long micros)
    {
        if (micros < 1 << StepBits) return (int)Math.Max(micros, 0);
        int exponent = BitOperations.Log2((ulong)micros);
        if (exponent >= MaxExponent) return Count - 1;
        int step = (int)(micros >> (exponent - StepBits)) & ((1 << StepBits) - 1);
        return ((exponent - StepBits + 1) << StepBits) + step;
    }

    /// <summary>The smallest latency in microseconds that falls into bucket <paramref name="index"/>.</summary>
    public static long LowerBoundMicros(int index)
    {
        if (index < 1 << StepBits) return index;
        int exponent = (index >> StepBits) + StepBits - 1;
        int step = index & ((1 << StepBits) - 1);
        return ((1L << StepBits) + step) << (exponent - StepBits);
    }

    /// <summary>
    /// The latency in microseconds below which <paramref name="quantile"/> (0 to 1) of the counted requests stayed,
    /// interpolated inside its bucket; 0 when nothing was counted.
    /// </summary>
    /// <param name="counts">Of consecutive buckets; the others are empty.</param>
    /// <param name="quantile">0 to 1.</param>
    /// <param name="first">The first of these buckets.</param>
    public static double QuantileMicros(ReadOnlySpan<ulong> counts, double quantile, int first = 0)
    {
        ulong total = 0;
        foreach (ulong count in counts) total += count;
        if (total == 0) return 0;

        double rank = quantile * total;
        double below = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0) continue;
            if (below + counts[i] >= rank)
            {
                int bucket = first + i;
                double lower = LowerBoundMicros(bucket);
                double upper = bucket + 1 < Count ? LowerBoundMicros(bucket + 1) : lower;
                return lower + (upper - lower) * Math.Clamp((rank - below) / counts[i], 0, 1);
            }
            below += counts[i];
        }
        return LowerBoundMicros(Count - 1);
    }
}
