namespace Tulle.Proxy.Balancing;

/// <summary>Randomness for spreading load and for ids; never for secrets. One event loop owns one source.</summary>
internal interface IRandomSource
{
    /// <summary>A number from 0 to <paramref name="bound"/> - 1, each equally likely. The bound is at least 1.</summary>
    uint Below(uint bound);

    /// <summary>64 random bits, such as an id.</summary>
    ulong NextBits() => (ulong)Below(1 << 16) << 48 | (ulong)Below(1 << 16) << 32 | (ulong)Below(1 << 16) << 16 | Below(1 << 16);
}
