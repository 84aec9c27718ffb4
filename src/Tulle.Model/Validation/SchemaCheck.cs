using System.Globalization;
using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Schemas;

namespace Tulle.Model.Validation;

/// <summary>
/// Holds an object against its kind's schema: unknown and duplicate fields, types, enums, ranges, formats, required and
/// deprecated fields, and fields that have no effect in this version. Null counts as absent, as in the Kubernetes API.
/// </summary>
public sealed class SchemaCheck
{
    private readonly FindingList _findings = new();
    private readonly UnknownFields _unknown;
    private readonly bool _snakeCase;
    private readonly bool _sayEffects;

    private SchemaCheck(ResourceKind kind, UnknownFields unknown)
    {
        _unknown = unknown;
        _snakeCase = kind.AcceptsSnakeCase;
        _sayEffects = kind.Effect == Effect.Applied;
    }

    /// <summary>All that is wrong with the object, in the order of its fields.</summary>
    public static IReadOnlyList<Finding> Check(ResourceKind kind, MappingNode obj, UnknownFields unknown = UnknownFields.Error)
    {
        var check = new SchemaCheck(kind, unknown);
        if (kind.Effect != Effect.Applied)
            check.AddNotApplied(kind.Effect, FieldPath.Root, obj.Location, $"{kind.Kind} objects are");
        Schema whole = kind.Schema with { Fields = [.. ObjectMetaSchema.Fields, .. kind.Schema.Fields] };
        check.CheckObject(whole, obj, FieldPath.Root);
        return check._findings.Items;
    }

    private void CheckValue(Schema schema, Node node, FieldPath path, SourceLocation place)
    {
        if (node.IsNull)
            return;
        switch (schema.Type)
        {
            case SchemaType.Object when node is MappingNode mapping:
                CheckObject(schema, mapping, path);
                break;
            case SchemaType.Map when node is MappingNode mapping:
                CheckDuplicates(mapping, path);
                foreach (MappingEntry entry in mapping.Entries)
                    CheckValue(schema.Items ?? Shape.Any(), entry.Value, path.Key(entry.Key), entry.KeyLocation);
                break;
            case SchemaType.List when node is SequenceNode sequence:
                for (int i = 0; i < sequence.Items.Count; i++)
                    CheckValue(schema.Items ?? Shape.Any(), sequence.Items[i], path.Index(i), sequence.Items[i].Location);
                break;
            case SchemaType.Any:
                break;
            default:
                CheckScalar(schema, node, path, place);
                break;
        }
    }

    private void CheckObject(Schema schema, MappingNode mapping, FieldPath path)
    {
        CheckDuplicates(mapping, path);
        foreach (MappingEntry entry in mapping.Entries)
        {
            Field? field = FieldNames.FindField(schema, entry.Key)
                ?? (_snakeCase && entry.Key.Contains('_') ? FieldNames.FindField(schema, SnakeCase.ToCamel(entry.Key)) : null);
            if (field is not null)
                CheckField(field, entry, path.Field(field.Name));
            else if (!schema.PreserveUnknown)
                AddUnknown(schema, entry, path);
        }
        foreach (Field field in schema.Fields)
        {
            if (field.Required && !IsGiven(mapping, field))
                Add(Severity.Error, path.Field(field.Name), mapping.Location, "this field is required", $"add \"{field.Name}\"", "FieldValueRequired");
        }
    }

    private bool IsGiven(MappingNode mapping, Field field) =>
        mapping[field.Name] is { IsNull: false } || (_snakeCase && mapping[SnakeCase.Of(field.Name)] is { IsNull: false });

    private void CheckField(Field field, MappingEntry entry, FieldPath path)
    {
        if (field.Deprecated is { } instead && !entry.Value.IsNull)
            Add(Severity.Warning, path, entry.KeyLocation, "this field is deprecated", instead, "FieldDeprecated");
        if (field.Effect != Effect.Applied && _sayEffects && !entry.Value.IsNull)
            AddNotApplied(field.Effect, path, entry.KeyLocation, "");
        if (field.Effect == Effect.Applied || !_sayEffects)
            CheckValue(field.Schema, entry.Value, path, entry.KeyLocation);
        else
            CheckSilently(field.Schema, entry, path);
    }

    // Below a field without effect only its form is checked; that its parts have no effect either goes without saying.
    private void CheckSilently(Schema schema, MappingEntry entry, FieldPath path)
    {
        bool outer = _findings.IgnoreNotApplied;
        _findings.IgnoreNotApplied = true;
        CheckValue(schema, entry.Value, path, entry.KeyLocation);
        _findings.IgnoreNotApplied = outer;
    }

    private void CheckScalar(Schema schema, Node node, FieldPath path, SourceLocation place)
    {
        if (node is not ScalarNode scalar)
        {
            AddType(schema, node, path, place);
            return;
        }
        switch (schema.Type)
        {
            case SchemaType.String when scalar.Kind == ScalarKind.String:
                CheckText(schema, scalar.Text, path, place);
                break;
            case SchemaType.Integer when scalar.TryGetInteger(out long integer):
                CheckRange(schema, integer, path, place);
                break;
            case SchemaType.Number when scalar.TryGetNumber(out double number):
                CheckRange(schema, number, path, place);
                break;
            case SchemaType.Boolean when scalar.Kind == ScalarKind.Boolean:
                break;
            case SchemaType.IntegerOrString when scalar.Kind == ScalarKind.String:
                CheckText(schema, scalar.Text, path, place);
                break;
            // Quantities are strings or numbers, whole or not: cpu: 0.5.
            case SchemaType.IntegerOrString when scalar.TryGetInteger(out _) || (schema.Format == "quantity" && scalar.TryGetNumber(out _)):
                break;
            default:
                AddType(schema, node, path, place);
                break;
        }
    }

    private void CheckText(Schema schema, string text, FieldPath path, SourceLocation place)
    {
        if (schema.Enum.Count > 0 && !schema.Enum.Contains(text))
        {
            string? near = NearMiss.Find(text, schema.Enum);
            string list = string.Join(", ", schema.Enum.Where(value => value.Length > 0));
            Add(Severity.Error, path, place, $"\"{text}\" is not one of its values",
                near is null ? $"write one of {list}" : $"did you mean \"{near}\"? The values are {list}", "FieldValueNotSupported");
        }
        if (schema.Format is { } format && Formats.Fault(format, text) is { } fault)
            Add(Severity.Error, path, place, fault.Message, fault.Remedy);
    }

    private void CheckRange(Schema schema, double value, FieldPath path, SourceLocation place)
    {
        if (schema.Range is not { } range || (value >= range.Min && value <= range.Max))
            return;
        string bounds = range.Max >= int.MaxValue ? $"of at least {Invariant(range.Min)}"
            : range.Min <= int.MinValue ? $"of at most {Invariant(range.Max)}"
            : $"from {Invariant(range.Min)} to {Invariant(range.Max)}";
        Add(Severity.Error, path, place, $"{Invariant(value)} is out of range", $"write a number {bounds}");
    }

    private void CheckDuplicates(MappingNode mapping, FieldPath path)
    {
        if (_unknown == UnknownFields.Ignore)
            return;
        foreach (MappingEntry duplicate in mapping.Duplicates)
            Add(UnknownSeverity, path.Field(duplicate.Key), duplicate.KeyLocation, "this field is written more than once", "keep one of them", "FieldValueDuplicate");
    }

    private void AddUnknown(Schema schema, MappingEntry entry, FieldPath path)
    {
        if (_unknown == UnknownFields.Ignore)
            return;
        IEnumerable<string> names = schema.Fields.Select(field => field.Name);
        string remedy = NearMiss.Hint(entry.Key, names);
        if (remedy.Length == 0)
            remedy = schema.Fields.Count == 0 ? "remove it" : $"remove it; the fields here are {string.Join(", ", names)}";
        Add(UnknownSeverity, path.Field(entry.Key), entry.KeyLocation, $"unknown field \"{entry.Key}\"", remedy, "FieldValueUnknown");
    }

    private Severity UnknownSeverity => _unknown == UnknownFields.Error ? Severity.Error : Severity.Warning;

    private void AddType(Schema schema, Node node, FieldPath path, SourceLocation place)
    {
        Add(Severity.Error, path, place, $"expected {TypeWords.Expected(schema.Type)}, found {node.Describe()}", TypeWords.Remedy(schema, node), "FieldValueTypeInvalid");
    }

    private void AddNotApplied(Effect effect, FieldPath path, SourceLocation place, string subject)
    {
        string lead = subject.Length == 0 ? "accepted" : $"{subject} accepted";
        string message = effect == Effect.NotHere
            ? $"{lead}, but will have no effect: Tulle does not use Envoy, which this configures"
            : $"{lead}, but without effect yet in this version of Tulle";
        Add(Severity.NotApplied, path, place, message, "", "FieldNotApplied");
    }

    private void Add(Severity severity, FieldPath path, SourceLocation place, string message, string remedy, string reason = "FieldValueInvalid") =>
        _findings.Add(new Finding(severity, path.ToString(), message, remedy, place, reason));

    private static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);
}
