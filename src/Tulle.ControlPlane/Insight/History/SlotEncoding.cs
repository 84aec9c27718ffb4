using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// A slot as bytes: its counters and then the buckets that are not empty, as the distance to the one before and the
/// count, all of them unsigned LEB128. An ordinary slot takes 20 to 60 bytes, the fullest about 700.
/// </summary>
internal static class SlotEncoding
{
    private const int Counters = 6;

    /// <summary>Bytes of a distance between buckets and of a 32-bit count, at most.</summary>
    private const int MaxGap = 2;
    private const int MaxCount = 5;

    /// <summary>Bytes that a slot takes at most.</summary>
    /// <param name="buckets">That are not empty.</param>
    public static int MaxLength(int buckets) => Counters * Leb128.MaxLength + buckets * (MaxGap + MaxCount);

    public static byte[] Encode(TrafficSlot slot)
    {
        Span<byte> bytes = stackalloc byte[MaxLength(LatencyBuckets.Count)];
        return bytes[..Encode(slot, bytes)].ToArray();
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

    /// <summary>Writes what was reported as a slot. False when it does not fit, or its buckets are none, or not in their order.</summary>
    public static bool TryEncode(TrafficDelta delta, Span<byte> to, out int length)
    {
        length = 0;
        int buckets = delta.Indices.Count;
        if (delta.Counts.Count != buckets || to.Length < MaxLength(buckets)) return false;
        foreach (ulong counter in (ReadOnlySpan<ulong>)[delta.Requests, delta.Successes, delta.Failures, delta.MeshErrors, delta.BytesReceived, delta.BytesSent])
            length += Leb128.Write(to[length..], counter);
        long last = -1;
        for (int i = 0; i < buckets; i++)
        {
            uint index = delta.Indices[i];
            ulong count = delta.Counts[i];
            if (index <= last || index >= LatencyBuckets.Count || count is 0 or > uint.MaxValue) return false;
            length += Leb128.Write(to[length..], index - (ulong)Math.Max(last, 0));
            length += Leb128.Write(to[length..], count);
            last = index;
        }
        return true;
    }

    /// <summary>Reads a slot; what is damaged ends it early.</summary>
    public static TrafficSlot Decode(long second, ReadOnlySpan<byte> bytes)
    {
        ulong requests = Leb128.Read(ref bytes), successes = Leb128.Read(ref bytes), failures = Leb128.Read(ref bytes);
        ulong meshErrors = Leb128.Read(ref bytes), received = Leb128.Read(ref bytes), sent = Leb128.Read(ref bytes);
        Span<uint> latency = stackalloc uint[LatencyBuckets.Count];
        latency.Clear();
        ulong index = 0;
        while (bytes.Length > 0)
        {
            index += Leb128.Read(ref bytes);
            ulong count = Leb128.Read(ref bytes);
            if (index >= LatencyBuckets.Count) break;
            latency[(int)index] += (uint)count;
        }
        var slot = new TrafficSlot(second);
        slot.Add(requests, successes, failures, meshErrors, received, sent, latency);
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
