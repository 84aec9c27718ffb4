using System.Buffers.Binary;

namespace Tulle.Http.Http2.Hpack;

/// <summary>
/// A quick hash of fields. It need not resist attacks: the encoder's table has one place per hash and compares the bytes,
/// so collisions cost compression, not time.
/// </summary>
internal static class HpackHash
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    public static uint OfName(ReadOnlySpan<byte> name) => Finish(Add((ulong)name.Length, name));

    /// <summary>Goes on from the hash of the name.</summary>
    public static uint OfField(uint name, ReadOnlySpan<byte> value) => Finish(Add(name | (ulong)value.Length << 32, value));

    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        if (bytes.Length >= 4)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            bytes = bytes[4..];
        }
        foreach (byte b in bytes) hash = Mix(hash ^ b);
        return hash;
    }

    private static ulong Mix(ulong value) => (value ^ value >> 29) * Multiplier;

    private static uint Finish(ulong hash) => (uint)(hash >> 32 ^ hash >> 15);
}
