using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry;

/// <summary>
/// The buckets of <c>request_duration_seconds</c>: four linear steps to each power of two from 64 µs to 33.5 s. A quantile that is
/// interpolated inside its bucket is off by at most the bucket's width, which is 25 % of its lower bound (14 to 25 %).
/// </summary>
internal static class DurationHistogram
{
    // The fine buckets have eight steps to a power of two; every second bound is one of ours.
    private const int Stride = 2;
    private const long LowestMicros = 64;
    private const long HighestMicros = 1 << 25;

    private static readonly int First = LatencyBuckets.IndexOf(LowestMicros);

    /// <summary>Upper bounds, in seconds; infinity is one more.</summary>
    public static readonly double[] BoundsSeconds = CreateBounds();

    /// <summary>The bucket of a latency: an index of <see cref="BoundsSeconds"/>, or its length for what is beyond.</summary>
    public static int IndexOf(long micros) =>
        Math.Clamp((LatencyBuckets.IndexOf(micros) - First + Stride) / Stride, 0, BoundsSeconds.Length);

    /// <summary>Requests below each bound, and at the end all of them. Exact, because each bound is one of the fine buckets'.</summary>
    public static void Cumulate(ReadOnlySpan<long> fine, Span<long> cumulative)
    {
        long sum = 0;
        int bucket = 0;
        for (int i = 0; i < fine.Length; i++)
        {
            if (bucket < BoundsSeconds.Length && i == First + bucket * Stride) cumulative[bucket++] = sum;
            sum += fine[i];
        }
        cumulative[bucket] = sum;
    }

    private static double[] CreateBounds()
    {
        int count = (LatencyBuckets.IndexOf(HighestMicros) - First) / Stride + 1;
        var bounds = new double[count];
        for (int i = 0; i < count; i++) bounds[i] = LatencyBuckets.LowerBoundMicros(First + i * Stride) / 1e6;
        return bounds;
    }
}
