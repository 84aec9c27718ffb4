using System.Buffers;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// The slots of all series that still fill as a few pieces of bytes, which are written faster than thousands of rows: number of the series,
/// second, length and <see cref="SlotEncoding"/> of each, numbers as unsigned LEB128.
/// </summary>
internal static class FillingSlots
{
    /// <summary>Bytes of a piece, about.</summary>
    private const int PieceBytes = 32 * 1024;

    private const int MaxHead = 3 * Leb128.MaxLength;

    public static IReadOnlyList<byte[]> Encode(IEnumerable<HistoryEntry> entries)
    {
        var pieces = new List<byte[]>();
        int longest = SlotEncoding.MaxLength(Protocol.LatencyBuckets.Count);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes + MaxHead + longest);
        Span<byte> body = stackalloc byte[longest];
        int used = 0;
        foreach (HistoryEntry entry in entries)
        {
            foreach (TrafficSlot slot in entry.Filling)
            {
                int length = SlotEncoding.Encode(slot, body);
                foreach (ulong number in (ReadOnlySpan<ulong>)[(ulong)entry.Number, (ulong)slot.Second, (ulong)length]) used += Leb128.Write(buffer.AsSpan(used), number);
                body[..length].CopyTo(buffer.AsSpan(used));
                used += length;
                if (used < PieceBytes) continue;
                pieces.Add(buffer[..used]);
                used = 0;
            }
        }
        if (used > 0) pieces.Add(buffer[..used]);
        ArrayPool<byte>.Shared.Return(buffer);
        return pieces;
    }

    /// <summary>Reads a piece; what is damaged ends it early.</summary>
    public static IReadOnlyList<(long Series, TrafficSlot Slot)> Decode(ReadOnlySpan<byte> piece)
    {
        var slots = new List<(long, TrafficSlot)>();
        while (piece.Length > 0)
        {
            ulong series = Leb128.Read(ref piece), second = Leb128.Read(ref piece), length = Leb128.Read(ref piece);
            if (length == 0 || length > (ulong)piece.Length) break;
            slots.Add(((long)series, SlotEncoding.Decode((long)second, piece[..(int)length])));
            piece = piece[(int)length..];
        }
        return slots;
    }
}
