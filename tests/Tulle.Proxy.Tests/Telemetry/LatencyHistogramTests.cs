using CsCheck;
using Tulle.Protocol;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tests.Telemetry;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Cumulative_AnyLatencies_NeverBetterThanTheTruthAndWithinOneFineBucket()
    {
        Gen.Long[0, 200_000_000].Array[0, 50].Sample(latencies =>
        {
            var fine = new long[LatencyBuckets.Count];
            foreach (long latency in latencies) fine[LatencyBuckets.IndexOf(latency)]++;
            long[] cumulative = LatencyHistogram.Cumulative(fine);
            Assert.Equal(latencies.Length, cumulative[^1]);
            for (int i = 0; i < LatencyHistogram.BoundsMilliseconds.Length; i++)
            {
                long bound = LatencyHistogram.BoundsMilliseconds[i] * 1_000L;
                Assert.True(cumulative[i] <= latencies.Count(l => l <= bound));
                Assert.True(cumulative[i] >= latencies.Count(l => l <= bound * 7 / 8));
                Assert.True(cumulative[i] <= cumulative[i + 1]);
            }
        });
    }
}
