using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// Slots of the same time of series whose numbers follow each other: a row for each slot would take as much again. As bytes they are place, length and
/// <see cref="SlotEncoding"/> of each, in the order of their places, numbers as unsigned LEB128. One that is used again and again; not thread-safe.
/// </summary>
internal sealed class SlotBlock
{
    /// <summary>Series of a block: few enough that one of them can be read without much of the others.</summary>
    public const int Series = 64;

    private const int MaxHead = 2 * Leb128.MaxLength;

    private static readonly int Longest = MaxHead + SlotEncoding.MaxLength(LatencyBuckets.Count);

    private readonly TrafficSlot?[] _slots = new TrafficSlot?[Series];
    private readonly TrafficSlot?[] _own = new TrafficSlot?[Series];
    private byte[] _bytes = new byte[8 * 1024];

    public bool IsEmpty => Array.TrueForAll(_slots, slot => slot is null);

    /// <summary>Number of the block of a series.</summary>
    public static long Of(long series) => series / Series;

    public static int PlaceOf(long series) => (int)(series % Series);

    /// <summary>Takes the next slot from the front of a block; false at its end, and where it is damaged.</summary>
    public static bool TryNext(ref ReadOnlySpan<byte> block, out int place, out ReadOnlySpan<byte> slot)
    {
        place = 0;
        slot = default;
        if (block.Length == 0) return false;
        ulong at = Leb128.Read(ref block), length = Leb128.Read(ref block);
        if (at >= Series || length > (ulong)block.Length) return false;
        place = (int)at;
        slot = block[..(int)length];
        block = block[(int)length..];
        return true;
    }

    /// <summary>Puts a slot in, and adds to it what there is of its series already.</summary>
    public void Put(long series, TrafficSlot slot)
    {
        ref TrafficSlot? at = ref _slots[PlaceOf(series)];
        if (at is not null) slot.Add(at);
        at = slot;
    }

    /// <summary>Adds the slots of a block, series by series.</summary>
    public void Add(ReadOnlySpan<byte> block)
    {
        while (TryNext(ref block, out int place, out ReadOnlySpan<byte> slot))
        {
            if (_slots[place] is not { } sum)
            {
                sum = _slots[place] = _own[place] ??= new TrafficSlot(0);
                sum.Reset(0);
            }
            SlotEncoding.AddTo(sum, slot);
        }
    }

    /// <summary>All slots as bytes, valid until the next call; and forgets them.</summary>
    public ReadOnlySpan<byte> Take()
    {
        Span<byte> body = stackalloc byte[Longest];
        int used = 0;
        for (int place = 0; place < Series; place++)
        {
            if (_slots[place] is not { } slot) continue;
            int length = SlotEncoding.Encode(slot, body);
            if (_bytes.Length - used < Longest) Array.Resize(ref _bytes, 2 * _bytes.Length);
            used += Leb128.Write(_bytes.AsSpan(used), (ulong)place);
            used += Leb128.Write(_bytes.AsSpan(used), (ulong)length);
            body[..length].CopyTo(_bytes.AsSpan(used));
            used += length;
            _slots[place] = null;
        }
        return _bytes.AsSpan(0, used);
    }
}
