namespace Tulle.Proxy.Telemetry;

/// <summary>Folds the fine microsecond buckets into the coarse ones that Prometheus is given.</summary>
internal static class LatencyHistogram
{
    /// <summary>
    /// Upper bounds in milliseconds: Linkerd's <c>response_latency_ms</c>, so that dashboards made for it work: 1 to 5, then five steps per decade up to 50 s.
    /// </summary>
    public static readonly int[] BoundsMilliseconds =
    [
        1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100, 200, 300, 400, 500, 1_000, 2_000, 3_000, 4_000, 5_000, 10_000, 20_000, 30_000, 40_000, 50_000,
    ];

    /// <summary>
    /// Requests up to each bound, and at the end all of them. A fine bucket that straddles a bound counts above it, so a figure is
    /// never too good; the error is at most one fine bucket, an eighth.
    /// </summary>
    public static long[] Cumulative(ReadOnlySpan<long> fine)
    {
        var cumulative = new long[BoundsMilliseconds.Length + 1];
        long sum = 0;
        int bound = 0;
        for (int i = 0; i < fine.Length; i++)
        {
            long upper = i + 1 < fine.Length ? Protocol.LatencyBuckets.LowerBoundMicros(i + 1) - 1 : long.MaxValue;
            while (bound < BoundsMilliseconds.Length && upper > BoundsMilliseconds[bound] * 1_000L) cumulative[bound++] = sum;
            sum += fine[i];
        }

        while (bound < cumulative.Length) cumulative[bound++] = sum;
        return cumulative;
    }
}
