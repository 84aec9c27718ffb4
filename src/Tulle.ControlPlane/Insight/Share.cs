namespace Tulle.ControlPlane.Insight;

/// <summary>
/// A part of a number of things that happened within some seconds, in whole things: those of some of the seconds, as if they had come
/// evenly. The shares of all seconds add up to the number.
/// </summary>
/// <param name="From">The first second of the part, 0 to <paramref name="Seconds"/>.</param>
/// <param name="Until">The second after the last.</param>
/// <param name="Seconds">In which all of it happened.</param>
internal readonly record struct Share(int From, int Until, int Seconds)
{
    public static Share All => new(0, 1, 1);

    /// <summary>How many of the things from number <paramref name="first"/> until before number <paramref name="end"/> belong to it.</summary>
    public ulong Of(ulong first, ulong end) => this == All ? end - first : Below(end) - Below(first);

    private ulong Below(ulong count) => Part(count, Until) - Part(count, From);

    private ulong Part(ulong count, int until) => count <= uint.MaxValue
        ? count * (uint)until / (uint)Seconds
        : (ulong)((UInt128)count * (uint)until / (uint)Seconds);
}
