using CsCheck;
using Tulle.ControlPlane.Insight;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class PackedSlotsTests
{
    private static readonly Gen<(int Gap, ulong Requests, int Bucket, bool Error, int Reach)> Steps =
        Gen.Select(Gen.Int[-2, 40], Gen.ULong[1, 1_000_000], Gen.Int[0, LatencyBuckets.Count - 1], Gen.Bool, Gen.Int[0, 300]);

    /// <summary>Any mix of adding, as slots and as they were reported, and taking gives what a list of objects gives.</summary>
    [Fact]
    public void Queue_AnySequence_KeepsOrderSecondsCountsAndErrors() => Gen.Select(Steps, Gen.Bool, Gen.Bool).Array[0, 200].Sample(steps =>
    {
        var packed = new PackedSlots();
        var plain = new List<TrafficSlot>();
        long second = 1_000_000;
        foreach (((int gap, ulong requests, int bucket, bool error, int reach), bool asSlot, bool take) in steps)
        {
            second += gap;
            TrafficDelta delta = Delta(requests, bucket, error);
            var slot = new TrafficSlot(second);
            slot.Add(delta, reach);
            if (asSlot) packed.Add(slot);
            else packed.Add(delta, second, reach);
            // What is of the newest second, or of one before, joins the newest.
            if (plain is [.., var newest] && newest.Second >= second) newest.Add(slot);
            else plain.Add(slot);
            if (take) TakeFirst(plain, packed);
            long middle = second - 100;
            AssertSame(plain.Where(kept => kept.Second > middle), packed, middle);
        }
        while (plain.Count > 0) TakeFirst(plain, packed);
        Assert.True(packed.IsEmpty);
    }, iter: 200);

    private static void TakeFirst(List<TrafficSlot> plain, PackedSlots packed)
    {
        AssertSame(plain[0], packed);
        plain.RemoveAt(0);
    }

    private static void AssertSame(TrafficSlot expected, PackedSlots packed)
    {
        Assert.Equal(expected.Second, packed.Oldest);
        TrafficSlot actual = packed.Dequeue();
        Assert.Equal((expected.Second, expected.Reach, expected.Requests, expected.BytesSent), (actual.Second, actual.Reach, actual.Requests, actual.BytesSent));
        Assert.Equal(expected.Indices, actual.Indices);
        Assert.Equal(expected.Counts, actual.Counts);
        Assert.Equal(expected.Errors?.All, actual.Errors?.All);
    }

    private static void AssertSame(IEnumerable<TrafficSlot> expected, PackedSlots packed, long after)
    {
        TrafficTotals want = new(), have = new();
        int reach = 0;
        foreach (TrafficSlot slot in expected)
        {
            want.Add(slot, tls: true);
            reach = Math.Max(reach, (int)(after + 1 - slot.Second) + slot.Reach);
        }
        Assert.Equal(reach, packed.AddTo(have, after, tls: true));
        Assert.Equal((want.Requests, want.TlsRequests, want.Failures, want.BytesSent, want.LatencyMs(0.5)), (have.Requests, have.TlsRequests, have.Failures, have.BytesSent, have.LatencyMs(0.5)));
        Assert.Equal(want.Errors.All, have.Errors.All);
    }

    private static TrafficDelta Delta(ulong requests, int bucket, bool error)
    {
        var delta = new TrafficDelta { Requests = requests, Successes = requests / 2, Failures = requests - requests / 2, BytesSent = requests * 1000, Indices = { (uint)bucket, (uint)((bucket + 7) % LatencyBuckets.Count) }, Counts = { requests, 3 } };
        if (error) delta.Errors.Add(new ErrorCount { Reason = $"reason-{bucket % 3}", Side = ErrorSide.Upstream, Count = 2 });
        return delta;
    }
}
