using System.Buffers.Binary;
using System.Text;

namespace Tulle.Proxy.Tracing;

/// <summary>
/// Writes fields of a protobuf message into a span of bytes, allocating nothing. Once something did not fit, everything after it is
/// ignored and <see cref="Overflowed"/> stays set. Fields with their default value are left out.
/// </summary>
internal ref struct SpanFieldWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    public int Written { get; private set; }

    public bool Overflowed { get; private set; }

    public void Number(int field, ulong value)
    {
        if (value == 0) return;
        Tag(field, 0);
        Varint(value);
    }

    /// <summary>A number whose presence says something.</summary>
    public void Zero(int field)
    {
        Tag(field, 0);
        Varint(0);
    }

    public void Number(int field, long value) => Number(field, value > 0 ? (ulong)value : 0);

    public void Flag(int field, bool value) => Number(field, value ? 1UL : 0);

    public void Fixed(int field, ulong value)
    {
        if (value == 0) return;
        Tag(field, 1);
        if (!Has(8)) return;
        BinaryPrimitives.WriteUInt64LittleEndian(_destination[Written..], value);
        Written += 8;
    }

    /// <summary>Text of our own.</summary>
    public void Text(int field, string value)
    {
        if (value.Length == 0) return;
        Tag(field, 2);
        Varint((ulong)Encoding.UTF8.GetByteCount(value));
        if (Overflowed || !Encoding.UTF8.TryGetBytes(value, _destination[Written..], out int length)) Overflowed = true;
        else Written += length;
    }

    /// <summary>Text of a peer, cut off after some bytes. Whatever is not ASCII becomes '?', since a message may only hold valid UTF-8.</summary>
    public void Text(int field, scoped ReadOnlySpan<byte> value, int limit)
    {
        if (value.Length > limit) value = value[..limit];
        if (value.IsEmpty) return;
        int start = Written + 1;
        Bytes(field, value);
        if (Overflowed || Ascii.IsValid(value)) return;
        foreach (ref byte b in _destination[Math.Max(start, Written - value.Length)..Written])
        {
            if (b >= 0x80) b = (byte)'?';
        }
    }

    public void Bytes(int field, scoped ReadOnlySpan<byte> value)
    {
        Tag(field, 2);
        Varint((ulong)value.Length);
        if (!Has(value.Length)) return;
        value.CopyTo(_destination[Written..]);
        Written += value.Length;
    }

    private void Tag(int field, int type) => Varint((ulong)(field << 3 | type));

    private void Varint(ulong value)
    {
        if (!Has(10)) return;
        Span<byte> bytes = _destination[Written..];
        int length = 0;
        for (; value >= 0x80; value >>= 7) bytes[length++] = (byte)(value | 0x80);
        bytes[length++] = (byte)value;
        Written += length;
    }

    private bool Has(int bytes)
    {
        if (Overflowed || bytes > _destination.Length - Written) Overflowed = true;
        return !Overflowed;
    }
}
