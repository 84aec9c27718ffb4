using Tulle.ControlPlane.Insight.History;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>
/// Slots of one series in the order of their seconds, as bytes in one array: a slot takes some 30 to 80 bytes so, and several times that
/// as an object. Guarded by its <see cref="SeriesHistory"/>.
/// </summary>
internal sealed class PackedSlots
{
    private const int MinCapacity = 64;

    /// <summary>Bytes of a slot that are encoded on the stack; all but the strangest.</summary>
    private const int Usual = 1024;

    /// <summary>Longest gap, reach and length before a slot.</summary>
    private const int MaxHead = 3 * Leb128.MaxLength;

    private byte[] _bytes = [];
    private int _head;
    private int _tail;
    private int _newestBody;
    private List<(long Second, ErrorTally Errors)>? _errors;

    public bool IsEmpty => _head == _tail;

    /// <summary>Second of the oldest slot.</summary>
    public long Oldest { get; private set; }

    /// <summary>Second of the newest slot; 0 when there never was one.</summary>
    public long Newest { get; private set; }

    /// <summary>Adds what was reported at a second, to the newest slot if it is of that second or a later one.</summary>
    public void Add(TrafficDelta delta, long second, int reach)
    {
        bool appends = (IsEmpty || second > Newest) && delta.Errors.Count == 0;
        int longest = SlotEncoding.MaxLength(delta.Indices.Count);
        Span<byte> body = appends && longest <= Usual ? stackalloc byte[longest] : [];
        if (appends && SlotEncoding.TryEncode(delta, body, out int length))
        {
            Append(second);
            PutBody(reach, body[..length]);
            return;
        }
        var slot = new TrafficSlot(second);
        slot.Add(delta, reach);
        Add(slot);
    }

    /// <summary>Adds a slot, to the newest one if that is of the same second or a later one.</summary>
    public void Add(TrafficSlot slot)
    {
        TrafficSlot whole = slot;
        if (IsEmpty || slot.Second > Newest)
        {
            Append(slot.Second);
        }
        else
        {
            ReadOnlySpan<byte> newest = _bytes.AsSpan(_newestBody, _tail - _newestBody);
            whole = Take(ref newest, Newest);
            whole.Add(slot);
            _tail = _newestBody;
        }
        int longest = SlotEncoding.MaxLength(whole.Indices.Length);
        Span<byte> body = longest <= Usual ? stackalloc byte[longest] : new byte[longest];
        PutBody(whole.Reach, body[..SlotEncoding.Encode(whole, body)]);
        if (slot.Errors is not null) AddErrors(Newest, slot.Errors);
    }

    /// <summary>Takes the oldest slot out.</summary>
    /// <param name="second">What second it is to be of now, not before <see cref="Oldest"/>; null leaves it.</param>
    public TrafficSlot Dequeue(long? second = null)
    {
        ReadOnlySpan<byte> rest = _bytes.AsSpan(_head, _tail - _head);
        Leb128.Read(ref rest);
        TrafficSlot slot = Take(ref rest, second ?? Oldest);
        slot.Reach += (int)(slot.Second - Oldest);
        if (_errors is [var first, ..] && first.Second == Oldest)
        {
            slot.Add(first.Errors);
            _errors.RemoveAt(0);
            if (_errors.Count == 0) _errors = null;
        }
        _head = _tail - rest.Length;
        if (rest.Length > 0) Oldest += (long)Leb128.Read(ref rest);
        else (_head, _tail) = (0, 0);
        return slot;
    }

    /// <summary>Sums the slots that are of after a second.</summary>
    /// <returns>Seconds before it that what was summed reaches back.</returns>
    public int AddTo(TrafficTotals totals, long after, bool tls)
    {
        if (IsEmpty || Newest <= after) return 0;
        ReadOnlySpan<byte> rest = _bytes.AsSpan(_head, _tail - _head);
        long second = Oldest;
        int before = 0;
        for (bool first = true; rest.Length > 0; first = false)
        {
            long gap = (long)Leb128.Read(ref rest);
            if (!first) second += gap;
            int reach = (int)Leb128.Read(ref rest);
            int length = (int)Leb128.Read(ref rest);
            if (second > after)
            {
                SlotEncoding.AddTo(totals, rest[..length], tls);
                before = Math.Max(before, (int)(after + 1 - second) + reach);
            }
            rest = rest[length..];
        }
        if (_errors is null) return before;
        foreach ((long at, ErrorTally errors) in _errors)
        {
            if (at > after) totals.Errors.Add(errors);
        }
        return before;
    }

    private static TrafficSlot Take(ref ReadOnlySpan<byte> bytes, long second)
    {
        int reach = (int)Leb128.Read(ref bytes);
        int length = (int)Leb128.Read(ref bytes);
        TrafficSlot slot = SlotEncoding.Decode(second, bytes[..length]);
        slot.Reach = reach;
        bytes = bytes[length..];
        return slot;
    }

    private void Append(long second)
    {
        if (IsEmpty) Oldest = Newest = second;
        Reserve(Leb128.MaxLength);
        _tail += Leb128.Write(_bytes.AsSpan(_tail), (ulong)(second - Newest));
        _newestBody = _tail;
        Newest = second;
    }

    private void PutBody(int reach, ReadOnlySpan<byte> body)
    {
        Reserve(MaxHead + body.Length);
        _tail += Leb128.Write(_bytes.AsSpan(_tail), (ulong)reach);
        _tail += Leb128.Write(_bytes.AsSpan(_tail), (ulong)body.Length);
        body.CopyTo(_bytes.AsSpan(_tail));
        _tail += body.Length;
    }

    private void AddErrors(long second, ErrorTally errors)
    {
        if (_errors is [.., var last] && last.Second == second)
        {
            last.Errors.Add(errors);
            return;
        }
        var copy = new ErrorTally();
        copy.Add(errors);
        (_errors ??= []).Add((second, copy));
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - _tail >= more) return;
        int used = _tail - _head;
        // An eighth of it free is worth to move the rest for; growing by a quarter keeps the waste of thousands of series small.
        byte[] to = used + more <= _bytes.Length - _bytes.Length / 8 ? _bytes : new byte[Math.Max(MinCapacity, (used + more) * 5 / 4)];
        _bytes.AsSpan(_head, used).CopyTo(to);
        _bytes = to;
        _newestBody -= _head;
        (_head, _tail) = (0, used);
    }
}
