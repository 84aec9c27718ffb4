using System.Buffers.Binary;

namespace Tulle.Proxy.Balancing;

/// <summary>
/// A 64-bit hash of keys and endpoints. Fixed for ever: every proxy of a mesh, of whatever version, must lead a key to the
/// same endpoint. Not against attackers, who may well choose the endpoint that they get.
/// </summary>
internal static class KeyHash
{
    private const ulong Prime1 = 0x9E37_79B9_7F4A_7C15;
    private const ulong Prime2 = 0xD6E8_FEB8_6659_FD93;

    /// <summary>Folds the halves of 128-bit products over eight bytes at a time.</summary>
    public static ulong Of(ReadOnlySpan<byte> key, ulong seed = 0)
    {
        ulong hash = Mix(seed ^ Prime1, (ulong)key.Length ^ Prime2);
        while (key.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key), Prime2);
            key = key[sizeof(ulong)..];
        }
        ulong tail = 0;
        for (int i = 0; i < key.Length; i++) tail |= (ulong)key[i] << (8 * i);
        return Mix(hash ^ tail, Prime1);
    }

    /// <summary>The next of a row of numbers that look independent.</summary>
    public static ulong Next(ulong hash) => Mix(hash ^ Prime2, Prime1);

    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        // Keeping the operands in makes a product of zero no trap.
        return high ^ low ^ (a + Prime1) * Prime2;
    }
}
