using Tulle.Model.Documents;
using Tulle.Model.Schemas;

namespace Tulle.Model.Validation;

/// <summary>Brings the fields of kinds that also accept snake case to their one name.</summary>
public static class FieldNames
{
    /// <summary>The object with every known field in camel case; the same instance when there is nothing to do.</summary>
    public static MappingNode Normalize(ResourceKind kind, MappingNode obj) =>
        kind.AcceptsSnakeCase ? (MappingNode)Normalize(kind.Schema, obj) : obj;

    private static Node Normalize(Schema schema, Node node) => (schema.Type, node) switch
    {
        (SchemaType.Object, MappingNode mapping) => Rebuild(mapping, entry => Rename(schema, entry)),
        (SchemaType.Map, MappingNode mapping) when schema.Items is { } items =>
            Rebuild(mapping, entry => entry with { Value = Normalize(items, entry.Value) }),
        (SchemaType.List, SequenceNode sequence) when schema.Items is { } items => Rebuild(sequence, items),
        _ => node,
    };

    private static MappingEntry Rename(Schema schema, MappingEntry entry)
    {
        if (FindField(schema, entry.Key) is { } exact)
            return entry with { Value = Normalize(exact.Schema, entry.Value) };
        if (entry.Key.Contains('_') && FindField(schema, SnakeCase.ToCamel(entry.Key)) is { } field)
            return entry with { Key = field.Name, Value = Normalize(field.Schema, entry.Value) };
        return entry;
    }

    internal static Field? FindField(Schema schema, string name)
    {
        foreach (Field field in schema.Fields)
        {
            if (field.Name == name)
                return field;
        }
        return null;
    }

    private static MappingNode Rebuild(MappingNode mapping, Func<MappingEntry, MappingEntry> change)
    {
        bool changed = mapping.Duplicates.Count > 0;
        var entries = new List<MappingEntry>(mapping.Entries.Count);
        foreach (MappingEntry entry in mapping.Entries)
        {
            MappingEntry renewed = change(entry);
            changed |= !ReferenceEquals(renewed.Value, entry.Value) || renewed.Key != entry.Key;
            entries.Add(renewed);
        }
        return changed ? new MappingNode(mapping.Location, [.. entries, .. mapping.Duplicates]) : mapping;
    }

    private static SequenceNode Rebuild(SequenceNode sequence, Schema items)
    {
        Node[] renewed = [.. sequence.Items.Select(item => Normalize(items, item))];
        for (int i = 0; i < renewed.Length; i++)
        {
            if (!ReferenceEquals(renewed[i], sequence.Items[i]))
                return new SequenceNode(sequence.Location, renewed);
        }
        return sequence;
    }
}
