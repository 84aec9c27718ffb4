using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using Tulle.Model.Findings;

namespace Tulle.Model.Documents;

/// <summary>Builds the nodes of one document from the parser's events.</summary>
internal sealed class YamlComposer(IParser parser, string? file, List<Finding> findings)
{
    private readonly Dictionary<string, (Node Node, int Size)> _anchors = new(StringComparer.Ordinal);

    // Aliases share the anchored node, so they cost no memory here; they are counted at full size because
    // whoever walks the tree pays for it ("billion laughs").
    private int _nodes;

    public Node ComposeDocument()
    {
        parser.Consume<DocumentStart>();
        Node root = Compose(depth: 0);
        parser.Consume<DocumentEnd>();
        return root;
    }

    private Node Compose(int depth)
    {
        ParsingEvent next = parser.Current!;
        if (depth > ReadLimits.MaxDepth)
            throw new LimitException(next, $"values are nested more than {ReadLimits.MaxDepth} levels deep");
        if (next is AnchorAlias alias)
            return Resolve(alias);

        // YamlDotNet 18 ends a mapping between a key and its value for some malformed texts, such as a line that starts with ": ".
        if (next is not NodeEvent { Anchor: var anchor })
            throw new LimitException(next, "malformed YAML: a key has no value, or a value has no key");

        int before = _nodes;
        Count(1, next);
        Node node = next switch
        {
            Scalar scalar => ComposeScalar(scalar),
            SequenceStart start => ComposeSequence(start, depth),
            _ => ComposeMapping((MappingStart)next, depth),
        };
        if (!anchor.IsEmpty)
            _anchors[anchor.Value] = (node, _nodes - before);
        return node;
    }

    private Node Resolve(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out (Node Node, int Size) target))
            throw new LimitException(alias, $"the alias *{alias.Value.Value} refers to an anchor that is not defined above it");
        Count(target.Size, alias);
        parser.MoveNext();
        return target.Node;
    }

    private ScalarNode ComposeScalar(Scalar scalar)
    {
        parser.MoveNext();
        return new ScalarNode(Place(scalar.Start), scalar.Value, KindOf(scalar));
    }

    private static ScalarKind KindOf(Scalar scalar)
    {
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
        {
            ScalarKind natural = ScalarResolver.Resolve(scalar.Value);
            return scalar.Tag.Value switch
            {
                "tag:yaml.org,2002:int" when natural == ScalarKind.Integer => natural,
                "tag:yaml.org,2002:float" when natural is ScalarKind.Integer or ScalarKind.Float => ScalarKind.Float,
                "tag:yaml.org,2002:bool" when natural == ScalarKind.Boolean => natural,
                "tag:yaml.org,2002:null" => ScalarKind.Null,
                _ => ScalarKind.String,
            };
        }
        return scalar.Style == ScalarStyle.Plain ? ScalarResolver.Resolve(scalar.Value) : ScalarKind.String;
    }

    private SequenceNode ComposeSequence(SequenceStart start, int depth)
    {
        parser.MoveNext();
        var items = new List<Node>();
        while (parser.Current is not SequenceEnd)
            items.Add(Compose(depth + 1));
        parser.MoveNext();
        return new SequenceNode(Place(start.Start), items);
    }

    private MappingNode ComposeMapping(MappingStart start, int depth)
    {
        parser.MoveNext();
        var entries = new List<MappingEntry>();
        var merged = new List<MappingNode>();
        while (parser.Current is not MappingEnd)
        {
            ParsingEvent keyEvent = parser.Current!;
            bool plain = keyEvent is Scalar { Style: ScalarStyle.Plain };
            if (Compose(depth + 1) is not ScalarNode key)
                throw new LimitException(keyEvent, "a key must be a plain word, not a list or a mapping; put text that begins with a brace or bracket in quotes, and render a template first");
            Node value = Compose(depth + 1);
            if (plain && key.Text == "<<")
                AddMerged(value, keyEvent, merged);
            else
                entries.Add(new MappingEntry(key.Text, key.Location, value));
        }
        parser.MoveNext();
        SourceLocation place = entries.Count > 0 ? entries[0].KeyLocation : Place(start.Start);
        var mapping = new MappingNode(place, entries);
        foreach (MappingEntry duplicate in mapping.Duplicates)
        {
            findings.Add(new Finding(Severity.Error, duplicate.Key, $"the key \"{duplicate.Key}\" is written more than once in the same mapping",
                "keep one of them", duplicate.KeyLocation, "FieldValueDuplicate"));
        }
        return merged.Count == 0 ? mapping : Merge(mapping, merged);
    }

    private static void AddMerged(Node value, ParsingEvent at, List<MappingNode> merged)
    {
        if (value is SequenceNode { Items: var items } && items.All(item => item is MappingNode))
            merged.AddRange(items.Cast<MappingNode>());
        else if (value is MappingNode mapping)
            merged.Add(mapping);
        else
            throw new LimitException(at, "the merge key '<<' needs a mapping or a list of mappings");
    }

    // Own keys win over merged ones, earlier merged mappings over later ones (yaml.org/type/merge.html).
    private MappingNode Merge(MappingNode mapping, List<MappingNode> merged)
    {
        var seen = mapping.Entries.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        IEnumerable<MappingEntry> inherited = merged.SelectMany(source => source.Entries).Where(entry => seen.Add(entry.Key));
        return new MappingNode(mapping.Location, [.. mapping.Entries, .. inherited]);
    }

    private void Count(int nodes, ParsingEvent at)
    {
        _nodes += nodes;
        if (_nodes > ReadLimits.MaxNodes)
            throw new LimitException(at, $"the document holds more than {ReadLimits.MaxNodes:N0} values once its aliases are expanded");
    }

    private SourceLocation Place(Mark mark) => new(file, (int)mark.Line, (int)mark.Column);

    /// <summary>A fault that the composer found, whose message is already meant for a person.</summary>
    internal sealed class LimitException(ParsingEvent at, string message) : YamlException(at.Start, at.End, message);
}
