using Tulle.Model.Documents;
using Tulle.Model.Findings;

namespace Tulle.Local.Compose;

/// <summary>Reads values of expected shapes, interpolates them, and collects what is wrong with them.</summary>
internal sealed class FieldReader(Interpolation interpolation, List<Finding> findings)
{
    public void Error(Node at, string field, string message, string remedy) => Error(at.Location, field, message, remedy);

    public void Error(SourceLocation at, string field, string message, string remedy) =>
        findings.Add(new Finding(Severity.Error, field, message, remedy, at));

    /// <summary>A scalar as text, with variables put in; null when it is none.</summary>
    public string? Text(Node node, string field)
    {
        if (node is not ScalarNode { Kind: not ScalarKind.Null } scalar)
        {
            Error(node, field, $"must be a single value; found {node.Describe()}", "write one value");
            return null;
        }
        (string text, string? fault) = interpolation.Apply(scalar.Text);
        if (fault is null) return text;
        Error(node, field, fault, "export the variable, or give a default: ${NAME:-default}; a plain dollar sign is written $$");
        return null;
    }

    public int? Integer(Node node, string field, int min, int max)
    {
        if (Text(node, field) is not { } text) return null;
        if (int.TryParse(text, out int value) && value >= min && value <= max) return value;
        Error(node, field, $"must be a whole number from {min} to {max}; found \"{text}\"", "write such a number");
        return null;
    }

    public TimeSpan? Duration(Node node, string field)
    {
        if (Text(node, field) is not { } text) return null;
        if (ComposeDuration.TryParse(text, out TimeSpan value)) return value;
        Error(node, field, $"\"{text}\" is not a duration", "write a number with a unit, such as 500ms, 10s or 1m30s");
        return null;
    }

    public MappingNode? Mapping(Node node, string field, string remedy)
    {
        if (node is MappingNode mapping) return mapping;
        Error(node, field, $"must be a mapping; found {node.Describe()}", remedy);
        return null;
    }

    /// <summary>The elements of a list of values.</summary>
    public IReadOnlyList<(string Text, Node Node)>? List(Node node, string field, string remedy)
    {
        if (node is not SequenceNode sequence)
        {
            Error(node, field, $"must be a list; found {node.Describe()}", remedy);
            return null;
        }
        var items = new List<(string, Node)>();
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            if (Text(sequence.Items[i], $"{field}[{i}]") is { } text) items.Add((text, sequence.Items[i]));
        }
        return items;
    }

    /// <summary><c>{ A: 1 }</c> or <c>[ "A=1" ]</c>: Compose allows both for environment and labels.</summary>
    public IReadOnlyDictionary<string, string> Pairs(Node node, string field, Func<string, string?> inherited)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        if (node is MappingNode mapping)
        {
            foreach (MappingEntry entry in mapping.Entries)
            {
                if (entry.Value.IsNull) pairs[entry.Key] = inherited(entry.Key) ?? "";
                else if (Text(entry.Value, $"{field}.{entry.Key}") is { } value) pairs[entry.Key] = value;
            }
            return pairs;
        }
        foreach ((string text, Node _) in List(node, field, "write 'NAME: value' lines, or a list of \"NAME=value\"") ?? [])
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) pairs[text] = inherited(text) ?? "";
            else pairs[text[..equals]] = text[(equals + 1)..];
        }
        return pairs;
    }
}
