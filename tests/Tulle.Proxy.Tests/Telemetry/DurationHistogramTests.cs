using CsCheck;
using Tulle.Protocol;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tests.Telemetry;

public sealed class DurationHistogramTests
{
    [Fact]
    public void Bounds_AreAtMostAQuarterApart()
    {
        double[] bounds = DurationHistogram.BoundsSeconds;
        Assert.Equal(77, bounds.Length);
        Assert.Equal(0.000064, bounds[0]);
        Assert.Equal(33.554432, bounds[^1]);
        for (int i = 1; i < bounds.Length; i++) Assert.InRange(bounds[i] / bounds[i - 1], 1.14, 1.2500001);
    }

    [Fact]
    public void Cumulate_AnyLatencies_IsExactAtEachBound() => Gen.Long[0, 200_000_000].Array[0, 50].Sample(latencies =>
    {
        var fine = new long[LatencyBuckets.Count];
        foreach (long latency in latencies) fine[LatencyBuckets.IndexOf(latency)]++;
        var cumulative = new long[DurationHistogram.BoundsSeconds.Length + 1];
        DurationHistogram.Cumulate(fine, cumulative);
        Assert.Equal(latencies.Length, cumulative[^1]);
        for (int i = 0; i < DurationHistogram.BoundsSeconds.Length; i++)
            Assert.Equal(latencies.Count(latency => latency < Math.Round(DurationHistogram.BoundsSeconds[i] * 1e6)), cumulative[i]);
    });

    [Fact]
    public void IndexOf_AnyLatency_IsTheBucketThatCountsIt() => Gen.Long[0, 200_000_000].Sample(latency =>
    {
        int index = DurationHistogram.IndexOf(latency);
        double[] bounds = DurationHistogram.BoundsSeconds;
        if (index < bounds.Length) Assert.True(latency < Math.Round(bounds[index] * 1e6));
        if (index > 0) Assert.True(latency >= Math.Round(bounds[index - 1] * 1e6));
    });

    [Fact]
    public void Quantiles_OfAnyLoad_AreOffByAQuarterAtMost() => Gen.Long[64, 30_000_000].Array[20, 400].Sample(latencies =>
    {
        var fine = new long[LatencyBuckets.Count];
        foreach (long latency in latencies) fine[LatencyBuckets.IndexOf(latency)]++;
        var cumulative = new long[DurationHistogram.BoundsSeconds.Length + 1];
        DurationHistogram.Cumulate(fine, cumulative);
        long[] sorted = [.. latencies.Order()];
        foreach (double quantile in (double[])[0.5, 0.9, 0.99, 0.999])
        {
            double truth = sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Length) - 1)] / 1e6;
            Assert.InRange(Interpolate(cumulative, quantile), truth * 0.75, truth * 1.2501);
        }
    });

    /// <summary>As Prometheus' histogram_quantile does.</summary>
    private static double Interpolate(long[] cumulative, double quantile)
    {
        double rank = quantile * cumulative[^1];
        int bucket = Array.FindIndex(cumulative, count => count >= rank);
        if (bucket == cumulative.Length - 1) return DurationHistogram.BoundsSeconds[^1];
        double lower = bucket == 0 ? 0 : DurationHistogram.BoundsSeconds[bucket - 1], upper = DurationHistogram.BoundsSeconds[bucket];
        long below = bucket == 0 ? 0 : cumulative[bucket - 1];
        return lower + ((upper - lower) * (rank - below) / (cumulative[bucket] - below));
    }
}
