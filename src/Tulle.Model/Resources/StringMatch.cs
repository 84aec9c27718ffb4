using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>How a string is matched.</summary>
public enum StringMatchKind
{
    Exact,
    Prefix,

    /// <summary>A linear-time regular expression that the whole value matches.</summary>
    Regex,

    /// <summary>The value only has to be there.</summary>
    Present,
}

/// <summary>A match of a string. <see cref="Value"/> is empty for <see cref="StringMatchKind.Present"/>.</summary>
public sealed record StringMatch(StringMatchKind Kind, string Value)
{
    public static readonly StringMatch Present = new(StringMatchKind.Present, "");

    // istio.md §1.3: {} and the regex '*' ask for presence.
    internal static StringMatch Decode(Node? node)
    {
        if (node.GetText("exact") is { } exact)
            return new StringMatch(StringMatchKind.Exact, exact);
        if (node.GetText("prefix") is { } prefix)
            return new StringMatch(StringMatchKind.Prefix, prefix);
        return node.GetText("regex") is { } regex and not "*" ? new StringMatch(StringMatchKind.Regex, regex) : Present;
    }

    internal static StringMatch? DecodeOptional(Node? node) => node is MappingNode ? Decode(node) : null;
}
