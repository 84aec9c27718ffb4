namespace Tulle.Proxy.Routing.Patterns;

/// <summary>A set of byte values.</summary>
internal readonly record struct ByteSet(ulong A, ulong B, ulong C, ulong D)
{
    public static ByteSet All { get; } = new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    public static ByteSet Of(byte value) => Range(value, value);

    public static ByteSet Range(byte first, byte last)
    {
        Span<ulong> words = stackalloc ulong[4];
        for (int value = first; value <= last; value++) words[value >> 6] |= 1UL << (value & 63);
        return new ByteSet(words[0], words[1], words[2], words[3]);
    }

    public bool Contains(byte value)
    {
        ulong word = (value >> 6) switch { 0 => A, 1 => B, 2 => C, _ => D };
        return (word >> (value & 63) & 1) != 0;
    }

    public int Count => (int)(ulong.PopCount(A) + ulong.PopCount(B) + ulong.PopCount(C) + ulong.PopCount(D));

    public ByteSet Union(ByteSet other) => new(A | other.A, B | other.B, C | other.C, D | other.D);

    public ByteSet Complement() => new(~A, ~B, ~C, ~D);

    /// <summary>With both cases of every ASCII letter in the set.</summary>
    public ByteSet IgnoringCase()
    {
        ByteSet result = this;
        for (byte lower = (byte)'a'; lower <= (byte)'z'; lower++)
        {
            byte upper = (byte)(lower ^ 0x20);
            if (Contains(lower) || Contains(upper)) result = result.Union(Of(lower)).Union(Of(upper));
        }
        return result;
    }

    /// <summary>The one byte of a set that holds a single one; null otherwise.</summary>
    public byte? Single()
    {
        if (Count != 1) return null;
        int value = 0;
        while (!Contains((byte)value)) value++;
        return (byte)value;
    }
}
