using CsCheck;
using Tulle.ControlPlane.Insight;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class LatencyCountsTests
{
    private static readonly Gen<(int Bucket, ulong Count)[]> Added = Gen.Select(Gen.Int[0, LatencyBuckets.Count - 1], Gen.ULong[0, 1 << 20]).Array[0, 50];

    /// <summary>Whatever the order in which buckets come, quantiles are those of an array with all of them.</summary>
    [Fact]
    public void Quantile_OfAnyCounts_IsThatOfAllBuckets() => Gen.Select(Added, Gen.Double[0, 1]).Sample((added, quantile) =>
    {
        LatencyCounts counts = Of(added);
        Assert.Equal(LatencyBuckets.QuantileMicros(Dense(added), quantile), counts.QuantileMicros(quantile));
    });

    [Fact]
    public void Add_ShareOfOthers_LosesNoneToRounding() => Gen.Select(Added, Gen.Double[0, 1]).Sample((added, share) =>
    {
        LatencyCounts part = default, rest = default;
        part.Add(Of(added), share);
        rest.Add(Of(added), 1);
        Assert.Equal(LatencyBuckets.QuantileMicros(Dense(added), 0.5), rest.QuantileMicros(0.5));
        Assert.Equal((ulong)Math.Round(Total(Dense(added)) * share), part.Total);
    });

    private static LatencyCounts Of((int Bucket, ulong Count)[] added)
    {
        LatencyCounts counts = default;
        foreach ((int bucket, ulong count) in added) counts.Add(bucket, count);
        return counts;
    }

    private static ulong[] Dense((int Bucket, ulong Count)[] added)
    {
        ulong[] dense = new ulong[LatencyBuckets.Count];
        foreach ((int bucket, ulong count) in added) dense[bucket] += count;
        return dense;
    }

    private static ulong Total(ulong[] counts) => counts.Aggregate(0ul, (sum, count) => sum + count);
}
