namespace Tulle.Proxy.Routing.Patterns;

/// <summary>The syntax tree of a regular expression over bytes.</summary>
internal abstract record PatternNode
{
    /// <summary>One byte of a set.</summary>
    public sealed record Bytes(ByteSet Set) : PatternNode;

    /// <summary>One after the other; empty matches the empty text.</summary>
    public sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>One of them.</summary>
    public sealed record Choice(IReadOnlyList<PatternNode> Options) : PatternNode;

    /// <summary>
    /// As often as said; <paramref name="Max"/> null is without end. Greed decides which match is found, not whether there is one.
    /// </summary>
    public sealed record Repeat(PatternNode Inner, int Min, int? Max, bool IsLazy = false) : PatternNode;

    /// <summary>A part whose place in the text is asked for; numbers count opening parentheses from 1.</summary>
    public sealed record Group(PatternNode Inner, int Number) : PatternNode;

    /// <summary>The start of the text.</summary>
    public sealed record Begin : PatternNode;

    /// <summary>The end of the text.</summary>
    public sealed record End : PatternNode;
}
