using System.Diagnostics.CodeAnalysis;

namespace Tulle.Model.Documents;

/// <summary>Keys and values, in the order written. A key written twice keeps its last value, as JSON decoders do.</summary>
public sealed class MappingNode : Node
{
    // Most objects have a handful of fields, for which a scan beats hashing; ConfigMaps and label maps may have thousands.
    private const int ScanLimit = 12;

    private readonly MappingEntry[] _entries;
    private readonly Dictionary<string, int>? _index;

    public MappingNode(SourceLocation location, IEnumerable<MappingEntry> entries)
        : base(location)
    {
        var kept = new List<MappingEntry>();
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        List<MappingEntry>? duplicates = null;
        foreach (MappingEntry entry in entries)
        {
            if (positions.TryAdd(entry.Key, kept.Count))
            {
                kept.Add(entry);
                continue;
            }
            (duplicates ??= []).Add(entry);
            kept[positions[entry.Key]] = entry;
        }
        _entries = [.. kept];
        _index = kept.Count > ScanLimit ? positions : null;
        Duplicates = duplicates ?? (IReadOnlyList<MappingEntry>)[];
    }

    public IReadOnlyList<MappingEntry> Entries => _entries;

    /// <summary>The later occurrences of keys that were written more than once.</summary>
    public IReadOnlyList<MappingEntry> Duplicates { get; }

    /// <summary>The value of a key; null when it is absent.</summary>
    public Node? this[string key] => TryGet(key, out MappingEntry entry) ? entry.Value : null;

    public bool TryGet(string key, out MappingEntry entry)
    {
        if (_index is not null)
        {
            bool known = _index.TryGetValue(key, out int position);
            entry = known ? _entries[position] : default;
            return known;
        }
        foreach (MappingEntry candidate in _entries)
        {
            if (!string.Equals(candidate.Key, key, StringComparison.Ordinal))
                continue;
            entry = candidate;
            return true;
        }
        entry = default;
        return false;
    }

    public bool TryGet(string key, [NotNullWhen(true)] out Node? value)
    {
        value = this[key];
        return value is not null;
    }

    /// <summary>The value at the end of a path of keys; null when a step is absent or not a mapping.</summary>
    public Node? Find(params ReadOnlySpan<string> path)
    {
        Node? node = this;
        foreach (string key in path)
            node = (node as MappingNode)?[key];
        return node;
    }

    /// <summary>The text of the scalar at the end of a path; null when there is none or it is null.</summary>
    public string? Text(params ReadOnlySpan<string> path) => Find(path) is ScalarNode { Kind: not ScalarKind.Null } scalar ? scalar.Text : null;

    /// <summary>A copy in which a key has another value; added at the end when absent.</summary>
    public MappingNode With(string key, Node value)
    {
        bool found = false;
        var entries = new List<MappingEntry>(_entries.Length + 1);
        foreach (MappingEntry entry in _entries)
        {
            bool match = entry.Key == key;
            found |= match;
            entries.Add(match ? entry with { Value = value } : entry);
        }
        if (!found)
            entries.Add(new MappingEntry(key, value.Location, value));
        return new MappingNode(Location, entries);
    }

    public override string Describe() => "a mapping";

    public override bool SameValue(Node other) =>
        other is MappingNode mapping && mapping._entries.Length == _entries.Length
        && _entries.All(entry => mapping[entry.Key] is { } value && entry.Value.SameValue(value));
}
