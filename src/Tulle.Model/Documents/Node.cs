namespace Tulle.Model.Documents;

/// <summary>A value in a document, with its place. Immutable.</summary>
public abstract class Node(SourceLocation location)
{
    public SourceLocation Location { get; } = location;

    /// <summary>What the value is, in words for a message: <c>a list</c>, <c>the string "x"</c>.</summary>
    public abstract string Describe();

    /// <summary>Whether both hold the same value; places, the order of keys and how scalars were written do not count.</summary>
    public abstract bool SameValue(Node other);

    /// <summary>Whether it is an explicit or empty null.</summary>
    public bool IsNull => this is ScalarNode { Kind: ScalarKind.Null };
}
