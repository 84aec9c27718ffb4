using System.Runtime.CompilerServices;

namespace Tulle.Http.Http2.Hpack;

/// <summary>
/// Encodes the field blocks of one connection in their order, RFC 7541 §6. A field enters the dynamic table when it is seen
/// for the second time within a while, so that values which never repeat (ids, lengths, paths with numbers) neither evict
/// those that do nor cost their copying.
/// </summary>
/// <remarks>
/// Strings are sent plain unless <paramref name="huffman"/> says so: what repeats is one byte anyway, and between neighbours
/// the time for the rest costs more than its bytes.
/// </remarks>
/// <param name="maxTableSize">Most that the table may grow to, whatever the peer allows.</param>
/// <param name="huffman">Use the Huffman code where it is shorter.</param>
internal sealed class HpackEncoder(int maxTableSize, bool huffman)
{
    private const int Places = 128;

    private readonly HpackDynamicTable _table = new(Math.Min(maxTableSize, Http2Settings.DefaultHeaderTableSize));

    // By hash: the newest table entry with it, as number + 1, and the fields that were seen lately.
    private uint[] _entries = [];
    private uint[] _hashes = [];
    private uint[] _seen = [];
    private int _smallestSize = int.MaxValue;
    private bool _sizeChanged;

    /// <summary>The table as the peer has it.</summary>
    public HpackDynamicTable Table => _table;

    /// <summary>The peer's SETTINGS_HEADER_TABLE_SIZE.</summary>
    public void SetMaxTableSize(int size)
    {
        size = Math.Min(size, maxTableSize);
        if (size == _table.MaxSize && !_sizeChanged) return;
        // RFC 7541 §4.2: the smallest size in between, then the last one, at the start of the next block.
        _smallestSize = Math.Min(_smallestSize, size);
        _sizeChanged = true;
        _table.Resize(size);
    }

    /// <summary>Begins a field block.</summary>
    public void Begin(Http2OutputBuffer output)
    {
        if (!_sizeChanged) return;
        Span<byte> span = output.Reserve(2 * HpackInteger.MaxBytes);
        int written = 0;
        if (_smallestSize < _table.MaxSize) written = HpackInteger.Write(span, 0x20, 5, _smallestSize);
        written += HpackInteger.Write(span[written..], 0x20, 5, _table.MaxSize);
        output.Commit(written);
        _sizeChanged = false;
        _smallestSize = int.MaxValue;
    }

    /// <summary>Writes :status.</summary>
    public void Status(Http2OutputBuffer output, int status)
    {
        int known = HpackStaticTable.StatusCodes.IndexOf(status);
        if (known >= 0)
        {
            output.Reserve(1)[0] = (byte)(0x80 | (HpackStaticTable.Status + known));
            output.Commit(1);
            return;
        }
        Field(output, ":status"u8, [(byte)('0' + status / 100 % 10), (byte)('0' + status / 10 % 10), (byte)('0' + status % 10)]);
    }

    /// <summary>Writes a field. The name must be in lower case.</summary>
    /// <param name="sensitive">Never to be indexed, here or further on (RFC 7541 §6.2.3, §7.1.3).</param>
    public void Field(Http2OutputBuffer output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool sensitive = false)
    {
        uint nameHash = HpackHash.OfName(name);
        if (sensitive || IsSensitive(name, value))
        {
            Literal(output, 0x10, 4, NameIndex(name, nameHash), name, value);
            return;
        }

        uint hash = HpackHash.OfField(nameHash, value);
        int index = FindField(name, value, hash);
        if (index > 0)
        {
            Span<byte> span = output.Reserve(HpackInteger.MaxBytes);
            output.Commit(HpackInteger.Write(span, 0x80, 7, index));
            return;
        }

        bool fits = name.Length + value.Length + HpackDynamicTable.EntryOverhead <= _table.MaxSize / 2;
        bool indexing = fits && WasSeen(hash);
        int nameIndex = NameIndex(name, nameHash);
        Literal(output, indexing ? 0x40 : 0x00, indexing ? 6 : 4, nameIndex, name, value);
        if (!indexing) return;
        _table.Add(name, value, default);
        Remember(hash, _table.Next - 1);
        if (nameIndex is 0 or > HpackStaticTable.Count) Remember(nameHash, _table.Next - 1);
    }

    /// <summary>
    /// What must not be guessed by watching lengths (RFC 7541 §7.1.3): credentials, and cookies short enough for it to be
    /// worth trying.
    /// </summary>
    private static bool IsSensitive(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => name.Length switch
    {
        6 => value.Length < 20 && name.SequenceEqual("cookie"u8),
        10 => name.SequenceEqual("set-cookie"u8),
        13 => name.SequenceEqual("authorization"u8),
        19 => name.SequenceEqual("proxy-authorization"u8),
        _ => false,
    };

    private int FindField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, uint hash)
    {
        int known = HpackStaticTable.FindField(name, value, hash);
        if (known > 0 || _entries.Length == 0) return known;
        uint place = hash & (Places - 1);
        if (_hashes[place] != hash || _entries[place] == 0) return 0;
        int distance = _table.DistanceOf(_entries[place] - 1);
        if (distance < 0) return 0;
        return _table.Name(distance).SequenceEqual(name) && _table.Value(distance).SequenceEqual(value)
            ? HpackStaticTable.Count + 1 + distance
            : 0;
    }

    private int NameIndex(ReadOnlySpan<byte> name, uint nameHash)
    {
        int known = HpackStaticTable.FindName(name, nameHash);
        if (known > 0 || _entries.Length == 0) return known;
        // Names of dynamic entries are found under their own hash.
        uint place = nameHash & (Places - 1);
        if (_hashes[place] != nameHash || _entries[place] == 0) return 0;
        int distance = _table.DistanceOf(_entries[place] - 1);
        return distance >= 0 && _table.Name(distance).SequenceEqual(name) ? HpackStaticTable.Count + 1 + distance : 0;
    }

    private bool WasSeen(uint hash)
    {
        if (_seen.Length == 0) _seen = new uint[Places];
        ref uint seen = ref _seen[hash & (Places - 1)];
        if (seen == hash) return true;
        seen = hash;
        return false;
    }

    private void Remember(uint hash, uint number)
    {
        if (_entries.Length == 0)
        {
            _entries = new uint[Places];
            _hashes = new uint[Places];
        }
        uint place = hash & (Places - 1);
        _entries[place] = number + 1;
        _hashes[place] = hash;
    }

    private void Literal(Http2OutputBuffer output, int pattern, int prefixBits, int nameIndex, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Span<byte> span = output.Reserve(3 * HpackInteger.MaxBytes + name.Length + value.Length);
        int written = HpackInteger.Write(span, pattern, prefixBits, nameIndex);
        if (nameIndex == 0) written += Text(span[written..], name);
        written += Text(span[written..], value);
        output.Commit(written);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Text(Span<byte> span, ReadOnlySpan<byte> text)
    {
        int written;
        if (huffman)
        {
            int length = HpackHuffman.EncodedLength(text);
            if (length < text.Length)
            {
                written = HpackInteger.Write(span, 0x80, 7, length);
                HpackHuffman.Encode(text, span.Slice(written, length));
                return written + length;
            }
        }
        written = HpackInteger.Write(span, 0x00, 7, text.Length);
        text.CopyTo(span[written..]);
        return written + text.Length;
    }
}
