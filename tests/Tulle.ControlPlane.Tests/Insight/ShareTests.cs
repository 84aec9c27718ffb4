using CsCheck;
using Tulle.ControlPlane.Insight;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class ShareTests
{
    /// <summary>However a report is cut, nothing is lost, and the outcomes and the buckets of each part are as many as its requests.</summary>
    [Fact]
    public void Slots_OfTwoShares_AddUp() => Gen.Select(Gen.Int[1, 600], Gen.Int[0, 600], Gen.ULong[0, 5_000], Gen.ULong[0, 500], Gen.ULong[0, 500]).Sample(
        (seconds, at, successes, failures, errors) =>
        {
            at = Math.Min(at, seconds);
            ulong requests = successes + failures + errors;
            var delta = new TrafficDelta
            {
                Requests = requests, Successes = successes, Failures = failures, MeshErrors = errors, BytesSent = requests * 7,
                Indices = { 3, 90, 91 }, Counts = { successes, failures, errors },
            };
            TrafficSlot first = Slot(delta, new Share(0, at, seconds)), second = Slot(delta, new Share(at, seconds, seconds));
            foreach (TrafficSlot part in (TrafficSlot[])[first, second])
            {
                Assert.Equal(part.Requests, part.Successes + part.Failures + part.MeshErrors);
                Assert.Equal(part.Requests, (ulong)part.Counts.ToArray().Sum(count => count));
            }
            first.Add(second);
            Assert.Equal((requests, successes, failures, errors, requests * 7), (first.Requests, first.Successes, first.Failures, first.MeshErrors, first.BytesSent));
        });

    [Fact]
    public void All_OfTheLargestNumber_IsAll()
    {
        Assert.Equal(ulong.MaxValue, Share.All.Of(0, ulong.MaxValue));
        Assert.Equal(ulong.MaxValue, new Share(0, 600, 600).Of(0, ulong.MaxValue));
    }

    private static TrafficSlot Slot(TrafficDelta delta, Share share)
    {
        var slot = new TrafficSlot(0);
        slot.Add(delta, share);
        return slot;
    }
}
