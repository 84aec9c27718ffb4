using System.Buffers.Binary;

namespace Tulle.Http.Detection;

/// <summary>Reads TLS' presentation language: integers and vectors that say their length first (RFC 8446 §3).</summary>
internal ref struct LengthPrefixedReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TrySkip(int count) => TryTake(count, out _);

    public bool TryReadByte(out byte value)
    {
        bool taken = TryTake(1, out ReadOnlySpan<byte> bytes);
        value = taken ? bytes[0] : (byte)0;
        return taken;
    }

    public bool TryReadUInt16(out int value)
    {
        bool taken = TryTake(2, out ReadOnlySpan<byte> bytes);
        value = taken ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : 0;
        return taken;
    }

    public bool TryReadVector8(out ReadOnlySpan<byte> vector)
    {
        vector = default;
        return TryReadByte(out byte length) && TryTake(length, out vector);
    }

    public bool TryReadVector16(out ReadOnlySpan<byte> vector)
    {
        vector = default;
        return TryReadUInt16(out int length) && TryTake(length, out vector);
    }

    private bool TryTake(int count, out ReadOnlySpan<byte> bytes)
    {
        if (count > _rest.Length)
        {
            bytes = default;
            return false;
        }
        bytes = _rest[..count];
        _rest = _rest[count..];
        return true;
    }
}
