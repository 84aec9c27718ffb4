using System.Numerics;

namespace Tulle.Proxy.Balancing;

/// <summary>xoshiro256++ (Blackman and Vigna, 2019): 32 bytes of state and a nanosecond a number, enough for picking endpoints and drawing ids.</summary>
internal sealed class XoshiroRandom : IRandomSource
{
    private ulong _a, _b, _c, _d;

    /// <summary>Two sources with the same seed give the same numbers; give every event loop its own seed.</summary>
    public XoshiroRandom(ulong seed)
    {
        _a = Expand(ref seed);
        _b = Expand(ref seed);
        _c = Expand(ref seed);
        _d = Expand(ref seed) | 1; // the state must not be all zero
    }

    /// <inheritdoc/>
    public uint Below(uint bound)
    {
        // Lemire's multiplication instead of a remainder. The bias is below bound / 2^32: invisible for thousands of endpoints.
        return (uint)(((NextBits() >> 32) * bound) >> 32);
    }

    /// <inheritdoc/>
    public ulong NextBits()
    {
        ulong result = BitOperations.RotateLeft(_a + _d, 23) + _a;
        ulong t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>SplitMix64, which the authors recommend for seeding.</summary>
    private static ulong Expand(ref ulong seed)
    {
        ulong z = seed += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
