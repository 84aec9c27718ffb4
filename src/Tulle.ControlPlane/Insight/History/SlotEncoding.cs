using System.Buffers;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// A slot as bytes: its counters and then the buckets that are not empty, as the distance to the one before and the
/// count, all of them unsigned LEB128. An ordinary slot takes 20 to 60 bytes, the fullest about 700.
/// </summary>
internal static class SlotEncoding
{
    public static byte[] Encode(TrafficSlot slot)
    {
        var output = new ArrayBufferWriter<byte>(64);
        foreach (ulong counter in (ReadOnlySpan<ulong>)[slot.Requests, slot.Successes, slot.Failures, slot.MeshErrors, slot.BytesReceived, slot.BytesSent])
            Write(output, counter);
        int last = 0;
        foreach ((int index, uint count) in slot.Latency)
        {
            Write(output, (ulong)(index - last));
            Write(output, count);
            last = index;
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a slot; what is damaged ends it early.</summary>
    public static TrafficSlot Decode(long second, ReadOnlySpan<byte> bytes)
    {
        var delta = new TrafficDelta
        {
            Requests = Read(ref bytes),
            Successes = Read(ref bytes),
            Failures = Read(ref bytes),
            MeshErrors = Read(ref bytes),
            BytesReceived = Read(ref bytes),
            BytesSent = Read(ref bytes),
        };
        ulong index = 0;
        while (bytes.Length > 0)
        {
            index += Read(ref bytes);
            ulong count = Read(ref bytes);
            if (index >= LatencyBuckets.Count) break;
            delta.Indices.Add((uint)index);
            delta.Counts.Add(count);
        }
        var slot = new TrafficSlot(second);
        slot.Add(delta);
        return slot;
    }

    private static void Write(ArrayBufferWriter<byte> output, ulong value)
    {
        Span<byte> bytes = stackalloc byte[10];
        int length = 0;
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        bytes[length++] = (byte)value;
        output.Write(bytes[..length]);
    }

    private static ulong Read(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; bytes.Length > 0 && shift < 64; shift += 7)
        {
            byte next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) break;
        }
        return value;
    }
}
