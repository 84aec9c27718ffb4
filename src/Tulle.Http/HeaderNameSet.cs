using System.Text;

namespace Tulle.Http;

/// <summary>A few header names to look for, compiled once. Immutable; any thread.</summary>
public sealed class HeaderNameSet
{
    private readonly byte[][] _names;

    // Bit n: some name has n bytes, modulo 64. Tells most fields apart without looking at a name.
    private readonly ulong _lengths;

    /// <summary>A set of names, compared without case.</summary>
    public HeaderNameSet(params ReadOnlySpan<string> names)
    {
        _names = new byte[names.Length][];
        for (int i = 0; i < names.Length; i++)
        {
            _names[i] = Encoding.ASCII.GetBytes(names[i]);
            _lengths |= 1UL << (_names[i].Length & 63);
        }
    }

    /// <summary>The set holds no name.</summary>
    public bool IsEmpty => _names.Length == 0;

    /// <summary>True when the set holds the name.</summary>
    public bool Contains(ReadOnlySpan<byte> name)
    {
        if ((_lengths >> (name.Length & 63) & 1) == 0) return false;
        foreach (byte[] candidate in _names)
        {
            if (candidate.Length == name.Length && Ascii.EqualsIgnoreCase(candidate, name)) return true;
        }
        return false;
    }
}
