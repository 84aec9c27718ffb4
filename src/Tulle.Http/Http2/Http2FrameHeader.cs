using System.Buffers.Binary;

namespace Tulle.Http.Http2;

/// <summary>The nine bytes before each frame's payload, RFC 9113 §4.1.</summary>
/// <param name="Length">Bytes of payload, below 2^24.</param>
/// <param name="Type">Frame type.</param>
/// <param name="Flags">Flags.</param>
/// <param name="StreamId">Stream identifier without the reserved bit.</param>
public readonly record struct Http2FrameHeader(int Length, Http2FrameType Type, Http2FrameFlags Flags, int StreamId)
{
    /// <summary>Bytes of a frame header.</summary>
    public const int Size = 9;

    /// <summary>Largest payload unless a peer allows more, and the least it must allow (RFC 9113 §4.2).</summary>
    public const int DefaultMaxPayload = 16_384;

    /// <summary>Reads a header from at least <see cref="Size"/> bytes.</summary>
    public static Http2FrameHeader Read(ReadOnlySpan<byte> bytes)
    {
        uint lengthAndType = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        int stream = (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]) & 0x7FFF_FFFF);
        return new((int)(lengthAndType >> 8), (Http2FrameType)(byte)lengthAndType, (Http2FrameFlags)bytes[4], stream);
    }

    /// <summary>Writes the header into at least <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Length << 8 | (byte)Type);
        bytes[4] = (byte)Flags;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[5..], (uint)StreamId);
    }
}
