namespace Tulle.Http.Http2.Hpack;

/// <summary>
/// The dynamic table of one direction, RFC 7541 §2.3.2 and §4. Entries lie one behind the other as the lines that they
/// become in a head, so that an indexed field is one copy. Grows with its use; a connection that never adds an entry has
/// no memory for it.
/// </summary>
/// <param name="maxSize">Its limit as RFC 7541 §4.1 counts, in bytes.</param>
internal sealed class HpackDynamicTable(int maxSize)
{
    /// <summary>What an entry counts beyond its name and value, RFC 7541 §4.1.</summary>
    public const int EntryOverhead = 32;

    private const int LineOverhead = 4;

    private byte[] _bytes = [];
    private Entry[] _entries = [];
    private int _end;
    private uint _oldest;
    private uint _next;

    /// <summary>Entries in the table.</summary>
    public int Count => (int)(_next - _oldest);

    /// <summary>Bytes as RFC 7541 §4.1 counts.</summary>
    public int Size { get; private set; }

    public int MaxSize { get; private set; } = maxSize;

    /// <summary>Number that the next entry gets; numbers go on for the life of the table.</summary>
    public uint Next => _next;

    /// <summary>Changes the limit and evicts what no longer fits, RFC 7541 §4.3.</summary>
    public void Resize(int maxSize)
    {
        MaxSize = maxSize;
        EvictFor(0);
    }

    /// <summary>Adds an entry, evicting the oldest; one that is larger than the table empties it (RFC 7541 §4.4). Spans must not be of this table.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, FieldTraits traits)
    {
        int size = name.Length + value.Length + EntryOverhead;
        EvictFor(size);
        if (size > MaxSize) return;
        int length = name.Length + value.Length + LineOverhead;
        Reserve(length);
        Span<byte> line = _bytes.AsSpan(_end, length);
        name.CopyTo(line);
        ": "u8.CopyTo(line[name.Length..]);
        value.CopyTo(line[(name.Length + 2)..]);
        "\r\n"u8.CopyTo(line[^2..]);
        _entries[_next & (uint)(_entries.Length - 1)] = new Entry { Start = _end, Length = length, NameLength = name.Length, Traits = traits };
        _next++;
        _end += length;
        Size += size;
    }

    /// <summary>The line of the entry with the given distance from the newest: 0 is the newest.</summary>
    public ReadOnlySpan<byte> Line(int distance, out int nameLength, out FieldTraits traits)
    {
        ref readonly Entry entry = ref At(distance);
        nameLength = entry.NameLength;
        traits = entry.Traits;
        return _bytes.AsSpan(entry.Start, entry.Length);
    }

    public ReadOnlySpan<byte> Name(int distance)
    {
        ref readonly Entry entry = ref At(distance);
        return _bytes.AsSpan(entry.Start, entry.NameLength);
    }

    public ReadOnlySpan<byte> Value(int distance)
    {
        ref readonly Entry entry = ref At(distance);
        return _bytes.AsSpan(entry.Start + entry.NameLength + 2, entry.Length - entry.NameLength - LineOverhead);
    }

    /// <summary>Distance from the newest of the entry with that number; -1 when it was evicted.</summary>
    public int DistanceOf(uint number)
    {
        uint distance = _next - 1 - number;
        return distance < (uint)Count ? (int)distance : -1;
    }

    private ref readonly Entry At(int distance) => ref _entries[(_next - 1 - (uint)distance) & (uint)(_entries.Length - 1)];

    private void EvictFor(int size)
    {
        while (Count > 0 && Size + size > MaxSize)
        {
            ref readonly Entry entry = ref _entries[_oldest & (uint)(_entries.Length - 1)];
            Size -= entry.Length - LineOverhead + EntryOverhead;
            _oldest++;
        }
        if (Count == 0) _end = 0;
    }

    private void Reserve(int length)
    {
        if (Count == _entries.Length) GrowEntries();
        if (_end + length <= _bytes.Length) return;

        // Live bytes are less than the table's limit, so moving them to the front of twice that happens once per turnover.
        int start = Count == 0 ? _end : At(Count - 1).Start;
        int live = _end - start;
        int wanted = Math.Min(Math.Max(512, (live + length) * 2), Math.Max(MaxSize * 2, live + length));
        byte[] target = wanted > _bytes.Length ? new byte[wanted] : _bytes;
        Buffer.BlockCopy(_bytes, start, target, 0, live);
        for (int distance = 0; distance < Count; distance++) _entries[(_next - 1 - (uint)distance) & (uint)(_entries.Length - 1)].Start -= start;
        _bytes = target;
        _end = live;
    }

    private void GrowEntries()
    {
        var larger = new Entry[Math.Max(8, _entries.Length * 2)];
        for (uint number = _oldest; number != _next; number++)
            larger[number & (uint)(larger.Length - 1)] = _entries[number & (uint)(_entries.Length - 1)];
        _entries = larger;
    }

    private struct Entry
    {
        public int Start;
        public int Length;
        public int NameLength;
        public FieldTraits Traits;
    }
}
