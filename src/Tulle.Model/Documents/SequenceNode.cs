namespace Tulle.Model.Documents;

/// <summary>A list of values.</summary>
public sealed class SequenceNode(SourceLocation location, IReadOnlyList<Node> items) : Node(location)
{
    public IReadOnlyList<Node> Items { get; } = items;

    public override string Describe() => Items.Count == 0 ? "an empty list" : "a list";

    public override bool SameValue(Node other)
    {
        if (other is not SequenceNode sequence || sequence.Items.Count != Items.Count)
            return false;
        for (int i = 0; i < Items.Count; i++)
        {
            if (!Items[i].SameValue(sequence.Items[i]))
                return false;
        }
        return true;
    }
}
