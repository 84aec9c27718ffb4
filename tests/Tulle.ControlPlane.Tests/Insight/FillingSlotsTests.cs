using CsCheck;
using Tulle.ControlPlane.Insight.History;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class FillingSlotsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5_000)]
    public void Encode_AnyNumberOfSeries_ComesBack(int count)
    {
        var slots = new SlotPool(0);
        HistoryEntry[] entries = [.. Enumerable.Range(1, count).Select(number => new HistoryEntry(number))];
        // Of ten seconds that end within a slot: each has two slots that fill.
        foreach (HistoryEntry entry in entries) entry.Add(Delta((ulong)entry.Number * 10), 1_000_004, within: 10, slots);

        IReadOnlyList<byte[]> pieces = FillingSlots.Encode(entries);
        Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, 80_000));
        var read = pieces.SelectMany(piece => FillingSlots.Decode(piece)).Select(item => (item.Series, item.Slot.Second, item.Slot.Requests));
        Assert.Equal(entries.SelectMany(entry => ((long, long, ulong)[])[(entry.Number, 999_990, (ulong)entry.Number * 5), (entry.Number, 1_000_000, (ulong)entry.Number * 5)]), read);
    }

    [Fact]
    public void Decode_AnyBytes_AreReadWithoutFailing() => Check.Sample(Gen.Byte.Array[0, 64], bytes => { FillingSlots.Decode(bytes); });

    private static TrafficDelta Delta(ulong requests) => new() { Requests = requests, Successes = requests, Indices = { (uint)LatencyBuckets.IndexOf(1_000) }, Counts = { requests } };
}
