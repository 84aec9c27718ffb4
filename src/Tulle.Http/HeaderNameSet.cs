using System.Text;

namespace Tulle.Http;

/// <summary>A few header names to look for, compiled once. Immutable; any thread.</summary>
public sealed class HeaderNameSet
{
    // Bit n: the known field n. It was recognised when it was read, so that its name needs no second look.
    private readonly uint _known;

    private readonly byte[][] _others;

    // Bit n: some other name has n bytes, modulo 64. Tells most fields apart without looking at a name.
    private readonly ulong _lengths;

    /// <summary>A set of names, compared without case.</summary>
    public HeaderNameSet(params ReadOnlySpan<string> names)
    {
        var others = new List<byte[]>();
        foreach (string text in names)
        {
            byte[] name = Encoding.ASCII.GetBytes(text);
            KnownHeader id = HeaderNames.Identify(name);
            if (id == KnownHeader.Other)
            {
                others.Add(name);
                _lengths |= 1UL << (name.Length & 63);
            }
            else
            {
                _known |= 1u << (int)id;
            }
        }
        _others = [.. others];
    }

    /// <summary>The set holds no name.</summary>
    public bool IsEmpty => _known == 0 && _others.Length == 0;

    /// <summary>False when no name is in both sets; true when one may be.</summary>
    public bool MayMeet(HeaderNameSet other) => (_known & other._known) != 0 || (_lengths & other._lengths) != 0;

    /// <summary>True when the set holds the name.</summary>
    /// <param name="id">What the name was recognised as.</param>
    /// <param name="name">Compared without case.</param>
    public bool Contains(KnownHeader id, ReadOnlySpan<byte> name)
    {
        if (id != KnownHeader.Other) return (_known >> (int)id & 1) != 0;
        if ((_lengths >> (name.Length & 63) & 1) == 0) return false;
        foreach (byte[] candidate in _others)
        {
            if (candidate.Length == name.Length && Ascii.EqualsIgnoreCase(candidate, name)) return true;
        }
        return false;
    }
}
