namespace Tulle.Http;

/// <summary>A part of a receive buffer, as offsets, so that a parsed head can be kept without a reference to the buffer.</summary>
/// <param name="Start">Offset of the first byte from the start of the message.</param>
/// <param name="Length">Number of bytes.</param>
public readonly record struct ByteRange(int Start, int Length)
{
    /// <summary>Offset of the first byte behind the range.</summary>
    public int End => Start + Length;

    /// <summary>True when the range holds no byte.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The bytes of the range in the buffer that was parsed.</summary>
    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> buffer) => buffer.Slice(Start, Length);
}
