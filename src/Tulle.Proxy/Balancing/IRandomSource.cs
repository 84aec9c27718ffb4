namespace Tulle.Proxy.Balancing;

/// <summary>Randomness for spreading load; never for secrets. One event loop owns one source.</summary>
internal interface IRandomSource
{
    /// <summary>A number from 0 to <paramref name="bound"/> - 1, each equally likely. The bound is at least 1.</summary>
    uint Below(uint bound);
}
