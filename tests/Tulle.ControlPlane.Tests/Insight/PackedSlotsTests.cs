using CsCheck;
using Tulle.ControlPlane.Insight;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class PackedSlotsTests
{
    private static readonly Gen<(int Gap, ulong Requests, int Bucket, bool Error)> Steps =
        Gen.Select(Gen.Int[1, 40], Gen.ULong[1, 1_000_000], Gen.Int[0, LatencyBuckets.Count - 1], Gen.Bool);

    /// <summary>Any mix of appending and taking gives what a queue of objects gives.</summary>
    [Fact]
    public void Queue_AnySequence_KeepsOrderSecondsCountsAndErrors() => Gen.Select(Steps, Gen.Bool).Array[0, 200].Sample(steps =>
    {
        var packed = new PackedSlots();
        var plain = new Queue<TrafficSlot>();
        long second = 1_000_000;
        foreach (((int gap, ulong requests, int bucket, bool error), bool take) in steps)
        {
            second += gap;
            TrafficSlot slot = Slot(second, requests, bucket, error);
            packed.Enqueue(slot);
            plain.Enqueue(slot);
            if (take) AssertSame(plain.Dequeue(), packed);
            long middle = second - 100;
            AssertSame(plain.Where(kept => kept.Second > middle), packed, middle);
        }
        while (plain.TryDequeue(out TrafficSlot? slot)) AssertSame(slot, packed);
        Assert.True(packed.IsEmpty);
    }, iter: 200);

    private static void AssertSame(TrafficSlot expected, PackedSlots packed)
    {
        Assert.Equal(expected.Second, packed.Oldest);
        TrafficSlot actual = packed.Dequeue();
        Assert.Equal((expected.Second, expected.Requests, expected.BytesSent), (actual.Second, actual.Requests, actual.BytesSent));
        Assert.Equal(expected.Indices, actual.Indices);
        Assert.Equal(expected.Counts, actual.Counts);
        Assert.Equal(expected.Errors?.All, actual.Errors?.All);
    }

    private static void AssertSame(IEnumerable<TrafficSlot> expected, PackedSlots packed, long after)
    {
        TrafficTotals want = new(), have = new();
        foreach (TrafficSlot slot in expected) want.Add(slot, tls: true);
        packed.AddTo(have, after, tls: true);
        Assert.Equal((want.Requests, want.TlsRequests, want.Failures, want.BytesSent, want.LatencyMs(0.5)), (have.Requests, have.TlsRequests, have.Failures, have.BytesSent, have.LatencyMs(0.5)));
        Assert.Equal(want.Errors.All, have.Errors.All);
    }

    private static TrafficSlot Slot(long second, ulong requests, int bucket, bool error)
    {
        var delta = new TrafficDelta { Requests = requests, Successes = requests / 2, Failures = requests - requests / 2, BytesSent = requests * 1000, Indices = { (uint)bucket, (uint)((bucket + 7) % LatencyBuckets.Count) }, Counts = { requests, 3 } };
        if (error) delta.Errors.Add(new ErrorCount { Reason = $"reason-{bucket % 3}", Side = ErrorSide.Upstream, Count = 2 });
        var slot = new TrafficSlot(second);
        slot.Add(delta);
        return slot;
    }
}
