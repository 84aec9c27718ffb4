namespace Tulle.Proxy.Routing.Patterns;

/// <summary>
/// A regular expression that matches whole values, on bytes, in time linear in their length whatever the expression is.
/// Immutable, allocates nothing when matching, any thread. Our own because the platform's works on characters, locks and
/// allocates while its automaton grows, and would add its engines to the executable.
/// </summary>
internal sealed class Pattern
{
    /// <summary>Longest expression, in characters: Istio's limit.</summary>
    private const int MaxCharacters = 1024;

    private readonly PatternAutomaton? _automaton;
    private readonly PatternSimulation? _simulation;

    private Pattern(PatternNode root)
    {
        Literal = LiteralOf(root);
        LiteralPrefix = PrefixOf(root);
        Start = [.. PartsOf(root).Select(SingleByteOf).TakeWhile(single => single is not null).Select(single => single!.Value)];
        PatternProgram program = PatternProgram.Compile(root);
        _automaton = PatternAutomaton.TryBuild(program);
        if (_automaton is null) _simulation = new PatternSimulation(program);
    }

    /// <summary>The only text that matches, when there is just one; else null.</summary>
    public byte[]? Literal { get; }

    /// <summary>When exactly the texts with this start match; else null.</summary>
    public byte[]? LiteralPrefix { get; }

    /// <summary>What every text that matches starts with; may be empty.</summary>
    public byte[] Start { get; }

    /// <summary>It is too large for an automaton and matched more slowly.</summary>
    internal bool IsSimulated => _simulation is not null;

    /// <summary>True when the whole value matches.</summary>
    public bool Matches(ReadOnlySpan<byte> value) => _automaton?.Matches(value) ?? _simulation!.Matches(value);

    /// <summary>Compiles RE2 syntax; an error completes "the regular expression … : ".</summary>
    public static (Pattern? Pattern, string? Error) Compile(string text, bool ignoreCase)
    {
        if (text.Length > MaxCharacters) return (null, $"it is longer than {MaxCharacters} characters");
        try
        {
            return (new Pattern(PatternParser.Parse(text, ignoreCase)), null);
        }
        catch (PatternSyntaxException e)
        {
            return (null, e.Message);
        }
    }

    private static byte[]? LiteralOf(PatternNode node)
    {
        var bytes = new List<byte>();
        foreach (PatternNode part in PartsOf(node))
        {
            if (SingleByteOf(part) is not { } single) return null;
            bytes.Add(single);
        }
        return [.. bytes];
    }

    private static byte? SingleByteOf(PatternNode node) => node is PatternNode.Bytes { Set: var set } ? set.Single() : null;

    private static byte[]? PrefixOf(PatternNode node)
    {
        IReadOnlyList<PatternNode> parts = PartsOf(node);
        bool endsOpen = parts.Count > 0 && parts[^1] is PatternNode.Repeat { Min: 0, Max: null, Inner: PatternNode.Bytes bytes } && bytes.Set == ByteSet.All;
        return endsOpen ? LiteralOf(new PatternNode.Sequence([.. parts.Take(parts.Count - 1)])) : null;
    }

    /// <summary>Anchors at the ends say nothing where the whole value must match anyway.</summary>
    private static IReadOnlyList<PatternNode> PartsOf(PatternNode node)
    {
        IEnumerable<PatternNode> parts = node is PatternNode.Sequence sequence ? sequence.Parts : [node];
        return [.. parts.SkipWhile(part => part is PatternNode.Begin).Reverse().SkipWhile(part => part is PatternNode.End).Reverse()];
    }
}
