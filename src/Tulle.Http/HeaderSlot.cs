namespace Tulle.Http;

/// <summary>
/// One header field as offsets into the receive buffer. Offsets fit 16 bits because a head is at most 65,535 bytes; ten
/// bytes a slot keep the pooled heads of thousands of connections small.
/// </summary>
public struct HeaderSlot
{
    private readonly ushort _nameStart;
    private readonly ushort _nameLength;
    private readonly ushort _valueStart;
    private readonly ushort _valueLength;
    private Flags _flags;

    internal HeaderSlot(int nameStart, int nameLength, int valueStart, int valueLength, KnownHeader id)
    {
        _nameStart = (ushort)nameStart;
        _nameLength = (ushort)nameLength;
        _valueStart = (ushort)valueStart;
        _valueLength = (ushort)valueLength;
        Id = id;
    }

    /// <summary>Which known field it is.</summary>
    public KnownHeader Id { get; }

    /// <summary>
    /// The field concerns this connection only and is not forwarded: it is hop-by-hop (RFC 9110 §7.6.1), was named by
    /// Connection, or contradicts the message's framing.
    /// </summary>
    public bool IsHopByHop
    {
        readonly get => (_flags & Flags.HopByHop) != 0;
        internal set => _flags = value ? _flags | Flags.HopByHop : _flags & ~Flags.HopByHop;
    }

    /// <summary>It came as a literal that must never be indexed, by any hop (RFC 7541 §6.2.3). HTTP/2 only.</summary>
    public bool IsNeverIndexed
    {
        readonly get => (_flags & Flags.NeverIndexed) != 0;
        internal set => _flags = value ? _flags | Flags.NeverIndexed : _flags & ~Flags.NeverIndexed;
    }

    /// <summary>Offset of the field's line; its end is the start of the next line.</summary>
    public readonly int LineStart => _nameStart;

    public readonly ByteRange Name => new(_nameStart, _nameLength);

    /// <summary>The value without the white space around it.</summary>
    public readonly ByteRange Value => new(_valueStart, _valueLength);

    [Flags]
    private enum Flags : byte
    {
        HopByHop = 1,
        NeverIndexed = 2,
    }
}
