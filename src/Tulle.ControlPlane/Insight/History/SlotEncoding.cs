using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// A slot as bytes: its counters and then the buckets that are not empty, all of them unsigned LEB128. A bucket is its count, doubled, when it follows
/// the one before; else that and one more, and the distance. An ordinary slot takes 20 to 60 bytes, the fullest about 500.
/// </summary>
internal static class SlotEncoding
{
    private const int Counters = 6;

    /// <summary>Bytes of a distance between buckets and of a doubled 32-bit count, at most.</summary>
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
        int length = Counts(to, slot.Requests, slot.Successes, slot.Failures, slot.MeshErrors, slot.BytesReceived, slot.BytesSent);
        int last = -1;
        for (int i = 0; i < slot.Indices.Length; i++)
        {
            length += Bucket(to[length..], slot.Indices[i] - last, slot.Counts[i]);
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
        length = Counts(to, delta.Requests, delta.Successes, delta.Failures, delta.MeshErrors, delta.BytesReceived, delta.BytesSent);
        int last = -1;
        for (int i = 0; i < buckets; i++)
        {
            uint index = delta.Indices[i];
            ulong count = delta.Counts[i];
            if (index <= last || index >= LatencyBuckets.Count || count is 0 or > uint.MaxValue) return false;
            length += Bucket(to[length..], (int)index - last, (uint)count);
            last = (int)index;
        }
        return true;
    }

    /// <summary>Reads a slot; what is damaged ends it early.</summary>
    public static TrafficSlot Decode(long second, ReadOnlySpan<byte> bytes)
    {
        var slot = new TrafficSlot(second);
        AddTo(slot, bytes);
        return slot;
    }

    /// <summary>Adds a slot's counts to another.</summary>
    public static void AddTo(TrafficSlot slot, ReadOnlySpan<byte> bytes)
    {
        Head head = ReadHead(ref bytes);
        Span<uint> latency = stackalloc uint[LatencyBuckets.Count];
        latency.Clear();
        for (int index = -1; TryBucket(ref bytes, ref index, out ulong count);) latency[index] += (uint)count;
        slot.Add(head.Requests, head.Successes, head.Failures, head.MeshErrors, head.Received, head.Sent, latency);
    }

    /// <summary>Adds a slot's counts without making one.</summary>
    public static void AddTo(TrafficTotals totals, ReadOnlySpan<byte> bytes, bool tls)
    {
        Head head = ReadHead(ref bytes);
        totals.AddCounters(head.Requests, head.Successes, head.Failures, head.MeshErrors, head.Received, head.Sent, tls);
        for (int index = -1; TryBucket(ref bytes, ref index, out ulong count);) totals.AddLatency(index, count);
    }

    private static int Counts(Span<byte> to, ulong requests, ulong successes, ulong failures, ulong meshErrors, ulong received, ulong sent)
    {
        int length = 0;
        // Nearly all succeed: what is missing is the shorter number. What wraps around here does so again when it is read.
        foreach (ulong counter in (ReadOnlySpan<ulong>)[requests, unchecked(requests - successes), failures, meshErrors, received, sent])
            length += Leb128.Write(to[length..], counter);
        return length;
    }

    private static int Bucket(Span<byte> to, int gap, uint count)
    {
        if (gap == 1) return Leb128.Write(to, (ulong)count << 1);
        int length = Leb128.Write(to, ((ulong)count << 1) | 1);
        return length + Leb128.Write(to[length..], (ulong)gap);
    }

    private static Head ReadHead(ref ReadOnlySpan<byte> bytes)
    {
        ulong requests = Leb128.Read(ref bytes), successes = unchecked(requests - Leb128.Read(ref bytes));
        return new Head(requests, successes, Leb128.Read(ref bytes), Leb128.Read(ref bytes), Leb128.Read(ref bytes), Leb128.Read(ref bytes));
    }

    private static bool TryBucket(ref ReadOnlySpan<byte> bytes, ref int index, out ulong count)
    {
        count = 0;
        if (bytes.Length == 0) return false;
        ulong read = Leb128.Read(ref bytes), gap = (read & 1) == 0 ? 1 : Leb128.Read(ref bytes);
        if (gap is 0 or > LatencyBuckets.Count || (index += (int)gap) >= LatencyBuckets.Count) return false;
        count = read >> 1;
        return true;
    }

    private readonly record struct Head(ulong Requests, ulong Successes, ulong Failures, ulong MeshErrors, ulong Received, ulong Sent);
}
