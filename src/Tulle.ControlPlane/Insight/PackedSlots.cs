using Tulle.ControlPlane.Insight.History;

namespace Tulle.ControlPlane.Insight;

/// <summary>
/// Slots of one series in the order of their seconds, as bytes in one array: a slot of a second takes some 30 bytes so, and
/// several times that as an object. Guarded by its <see cref="SeriesHistory"/>.
/// </summary>
internal sealed class PackedSlots
{
    private const int MinCapacity = 64;

    /// <summary>Longest gap and length before a slot.</summary>
    private const int MaxHead = 2 * Leb128.MaxLength;

    private byte[] _bytes = [];
    private int _head;
    private int _tail;
    private long _newest;
    private Queue<(long Second, ErrorTally Errors)>? _errors;

    public bool IsEmpty => _head == _tail;

    /// <summary>Second of the oldest slot.</summary>
    public long Oldest { get; private set; }

    /// <summary>Appends a slot, whose second is after all others'.</summary>
    public void Enqueue(TrafficSlot slot)
    {
        if (IsEmpty) Oldest = _newest = slot.Second;
        int longest = SlotEncoding.MaxLength(slot);
        Span<byte> body = longest <= 1024 ? stackalloc byte[longest] : new byte[longest];
        int length = SlotEncoding.Encode(slot, body);
        Reserve(MaxHead + length);
        _tail += Leb128.Write(_bytes.AsSpan(_tail), (ulong)(slot.Second - _newest));
        _tail += Leb128.Write(_bytes.AsSpan(_tail), (ulong)length);
        body[..length].CopyTo(_bytes.AsSpan(_tail));
        _tail += length;
        _newest = slot.Second;
        if (slot.Errors is not null) (_errors ??= new Queue<(long, ErrorTally)>()).Enqueue((slot.Second, slot.Errors));
    }

    /// <summary>Takes the oldest slot out.</summary>
    public TrafficSlot Dequeue()
    {
        ReadOnlySpan<byte> rest = _bytes.AsSpan(_head, _tail - _head);
        Leb128.Read(ref rest);
        int length = (int)Leb128.Read(ref rest);
        TrafficSlot slot = SlotEncoding.Decode(Oldest, rest[..length]);
        if (_errors is not null && _errors.TryPeek(out (long Second, ErrorTally Errors) first) && first.Second == Oldest)
        {
            slot.Add(first.Errors);
            _errors.Dequeue();
            if (_errors.Count == 0) _errors = null;
        }
        rest = rest[length..];
        _head = _tail - rest.Length;
        if (rest.Length > 0) Oldest += (long)Leb128.Read(ref rest);
        else (_head, _tail) = (0, 0);
        return slot;
    }

    /// <summary>Sums the slots that begin after a second.</summary>
    public void AddTo(TrafficTotals totals, long after, bool tls)
    {
        ReadOnlySpan<byte> rest = _bytes.AsSpan(_head, _tail - _head);
        long second = Oldest;
        for (bool first = true; rest.Length > 0; first = false)
        {
            long gap = (long)Leb128.Read(ref rest);
            if (!first) second += gap;
            int length = (int)Leb128.Read(ref rest);
            if (second > after) SlotEncoding.AddTo(totals, rest[..length], tls);
            rest = rest[length..];
        }
        if (_errors is null) return;
        foreach ((long at, ErrorTally errors) in _errors)
        {
            if (at > after) totals.Errors.Add(errors);
        }
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - _tail >= more) return;
        int used = _tail - _head;
        // Half of it free is room enough; growing by half keeps the waste of thousands of series small.
        byte[] to = used + more <= _bytes.Length / 2 ? _bytes : new byte[Math.Max(MinCapacity, (used + more) * 3 / 2)];
        _bytes.AsSpan(_head, used).CopyTo(to);
        _bytes = to;
        (_head, _tail) = (0, used);
    }
}
