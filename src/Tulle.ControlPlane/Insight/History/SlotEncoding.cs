using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// A slot as bytes: its counters and then the buckets that are not empty, as the distance to the one before and the
/// count, all of them unsigned LEB128. An ordinary slot takes 20 to 60 bytes, the fullest about 700.
/// </summary>
internal static class SlotEncoding
{
    private const int Counters = 6;

    /// <summary>Bytes that a slot takes at most.</summary>
    public static int MaxLength(TrafficSlot slot) => (Counters + 2 * slot.Indices.Length) * Leb128.MaxLength;

    public static byte[] Encode(TrafficSlot slot)
    {
        byte[] bytes = new byte[MaxLength(slot)];
        return bytes[..Encode(slot, bytes)];
    }

    /// <returns>Bytes written.</returns>
    public static int Encode(TrafficSlot slot, Span<byte> to)
    {
        int length = 0;
        foreach (ulong counter in (ReadOnlySpan<ulong>)[slot.Requests, slot.Successes, slot.Failures, slot.MeshErrors, slot.BytesReceived, slot.BytesSent])
            length += Leb128.Write(to[length..], counter);
        int last = 0;
        for (int i = 0; i < slot.Indices.Length; i++)
        {
            length += Leb128.Write(to[length..], (ulong)(slot.Indices[i] - last));
            length += Leb128.Write(to[length..], slot.Counts[i]);
            last = slot.Indices[i];
        }
        return length;
    }

    /// <summary>Reads a slot; what is damaged ends it early.</summary>
    public static TrafficSlot Decode(long second, ReadOnlySpan<byte> bytes)
    {
        var delta = new TrafficDelta
        {
            Requests = Leb128.Read(ref bytes),
            Successes = Leb128.Read(ref bytes),
            Failures = Leb128.Read(ref bytes),
            MeshErrors = Leb128.Read(ref bytes),
            BytesReceived = Leb128.Read(ref bytes),
            BytesSent = Leb128.Read(ref bytes),
        };
        ulong index = 0;
        while (bytes.Length > 0)
        {
            index += Leb128.Read(ref bytes);
            ulong count = Leb128.Read(ref bytes);
            if (index >= LatencyBuckets.Count) break;
            delta.Indices.Add((uint)index);
            delta.Counts.Add(count);
        }
        var slot = new TrafficSlot(second);
        slot.Add(delta);
        return slot;
    }

    /// <summary>Adds a slot's counts without making one.</summary>
    public static void AddTo(TrafficTotals totals, ReadOnlySpan<byte> bytes, bool tls)
    {
        totals.AddCounters(
            Leb128.Read(ref bytes), Leb128.Read(ref bytes), Leb128.Read(ref bytes), Leb128.Read(ref bytes), Leb128.Read(ref bytes), Leb128.Read(ref bytes), tls);
        ulong index = 0;
        while (bytes.Length > 0)
        {
            index += Leb128.Read(ref bytes);
            ulong count = Leb128.Read(ref bytes);
            if (index >= LatencyBuckets.Count) break;
            totals.AddLatency((int)index, count);
        }
    }
}
