using System.Globalization;
using Tulle.Model.Documents;
using Tulle.Model.Findings;

namespace Tulle.Model.Validation;

/// <summary>
/// A position in an object, for semantic rules: walks fields and elements, reads what is there and reports findings at
/// the right path and place. Positions that do not exist are fine to walk over: they read as absent.
/// </summary>
internal readonly struct Cursor
{
    private readonly FindingList _sink;
    private readonly Node? _node;
    private readonly SourceLocation _place;

    public Cursor(Node? node, FindingList sink)
        : this(node, FieldPath.Root, node?.Location ?? SourceLocation.None, sink)
    {
    }

    private Cursor(Node? node, FieldPath path, SourceLocation place, FindingList sink)
    {
        _node = node is { IsNull: true } ? null : node;
        Path = path;
        _place = place;
        _sink = sink;
    }

    public FieldPath Path { get; }

    /// <summary>Whether there is a value other than null.</summary>
    public bool Exists => _node is not null;

    public Node? Node => _node;

    public Cursor this[string field] =>
        _node is MappingNode mapping && mapping.TryGet(field, out MappingEntry entry)
            ? new Cursor(entry.Value, Path.Field(field), entry.KeyLocation, _sink)
            : new Cursor(null, Path.Field(field), _place, _sink);

    /// <summary>Elements of a list; none when it is not one.</summary>
    public IReadOnlyList<Cursor> Items
    {
        get
        {
            if (_node is not SequenceNode sequence)
                return [];
            var items = new List<Cursor>(sequence.Items.Count);
            for (int i = 0; i < sequence.Items.Count; i++)
                items.Add(new Cursor(sequence.Items[i], Path.Index(i), sequence.Items[i].Location, _sink));
            return items;
        }
    }

    /// <summary>Keys and values of a map; none when it is not one.</summary>
    public IReadOnlyList<(string Key, Cursor Value)> Entries
    {
        get
        {
            if (_node is not MappingNode mapping)
                return [];
            var entries = new List<(string, Cursor)>(mapping.Entries.Count);
            foreach (MappingEntry entry in mapping.Entries)
                entries.Add((entry.Key, new Cursor(entry.Value, Path.Key(entry.Key), entry.KeyLocation, _sink)));
            return entries;
        }
    }

    /// <summary>How many elements or keys there are.</summary>
    public int Count => _node switch
    {
        SequenceNode sequence => sequence.Items.Count,
        MappingNode mapping => mapping.Entries.Count,
        _ => 0,
    };

    public string? Text => (_node as ScalarNode)?.Text;

    public long? Integer => _node is ScalarNode scalar && scalar.TryGetInteger(out long value) ? value : null;

    public double? Number => _node is ScalarNode scalar && scalar.TryGetNumber(out double value) ? value : null;

    /// <summary>The names of <paramref name="fields"/> that are given.</summary>
    public IReadOnlyList<string> Given(params ReadOnlySpan<string> fields)
    {
        var given = new List<string>();
        foreach (string field in fields)
        {
            if (this[field].Exists)
                given.Add(field);
        }
        return given;
    }

    public void Error(string message, string remedy, string reason = "FieldValueInvalid") => Add(Severity.Error, message, remedy, reason);

    public void Missing(string message, string remedy) => Add(Severity.Error, message, remedy, "FieldValueRequired");

    public void Warn(string message, string remedy, string reason = "FieldValueInvalid") => Add(Severity.Warning, message, remedy, reason);

    /// <summary>Says that a value has no effect in this version.</summary>
    public void NotApplied(string message) => Add(Severity.NotApplied, message, "", "FieldNotApplied");

    /// <summary>An error unless at most one of the fields is given.</summary>
    public void AtMostOne(params ReadOnlySpan<string> fields)
    {
        IReadOnlyList<string> given = Given(fields);
        if (given.Count > 1)
            this[given[1]].Error($"cannot stand beside \"{given[0]}\"", "keep one of them");
    }

    private void Add(Severity severity, string message, string remedy, string reason) =>
        _sink.Add(new Finding(severity, Path.ToString(), message, remedy, _place, reason));

    public static string Invariant(long value) => value.ToString(CultureInfo.InvariantCulture);
}
