using System.Text;
using Tulle.Model.Schemas;

namespace Tulle.Model.Tests.Schemas;

/// <summary>Writes docs/reference/resources.md from the schemas.</summary>
internal static class SupportMatrix
{
    private const string Introduction = """
        # Resources

        The configuration that Tulle reads, and what each field of it does in this version. Generated from the schemas that
        validation uses (`UPDATE_DOCS=1`, see `tests/Tulle.Model.Tests/Schemas/SupportMatrixTests.cs`); do not edit it.

        - **applied**: the field takes effect, or is plain data such as a name.
        - **not yet**: the field is accepted, checked and kept, but has no effect in this version. Whoever applies it is told so.
        - **not here**: the field is accepted and kept, but will have no effect, because it configures Envoy, which Tulle does not use.

        A field that is *not yet* stands for all that is below it. A field that is not listed is an error that names the field and
        its nearest neighbour. Names of the `istio.io` kinds may be written in camel case or snake case. Kubernetes' own kinds are
        listed by `kubectl api-resources` and explained by `kubectl explain`.

        """;

    public static string Write(IReadOnlyList<ResourceKind> kinds)
    {
        var text = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        text.Append("\n## Kinds\n\n| Kind | API | Short names | Effect |\n|---|---|---|---|\n");
        foreach (ResourceKind kind in kinds)
        {
            text.Append("| ").Append(kind.Effect == Effect.Applied ? $"[{kind.Kind}](#{Anchor(kind)})" : kind.Kind)
                .Append(" | ").AppendJoin(", ", kind.Versions.Select(version => $"`{kind.ApiVersion(version)}`"))
                .Append(" | ").AppendJoin(", ", kind.ShortNames.Select(name => $"`{name}`"))
                .Append(" | ").Append(Overall(kind)).Append(" |\n");
        }
        foreach (ResourceKind kind in kinds.Where(kind => kind.Effect == Effect.Applied))
            Section(text, kind);
        return text.ToString();
    }

    private static string Overall(ResourceKind kind) =>
        kind.Effect != Effect.Applied ? Word(kind.Effect) : AnyPending(kind.Schema) ? "in part" : "applied";

    private static bool AnyPending(Schema schema) =>
        schema.Fields.Any(field => field.Effect != Effect.Applied || AnyPending(field.Schema)) || (schema.Items is { } items && AnyPending(items));

    private static void Section(StringBuilder text, ResourceKind kind)
    {
        text.Append("\n## ").Append(kind.Kind).Append(" (").Append(kind.Group).Append(")\n\n").Append(kind.Schema.Description)
            .Append("\n\n| Field | Effect | Meaning |\n|---|---|---|\n");
        foreach (Field field in kind.Schema.Fields.Where(field => field.Name != "status"))
            Rows(text, field, field.Name);
    }

    private static void Rows(StringBuilder text, Field field, string path)
    {
        string suffix = Suffix(field.Schema);
        text.Append("| `").Append(path).Append(suffix).Append("` | ").Append(Word(field.Effect)).Append(" | ")
            .Append(field.Required ? "Required. " : "").Append(field.Deprecated is { } instead ? $"Deprecated: {instead}. " : "")
            .Append(field.Schema.Description.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");
        if (field.Effect != Effect.Applied)
            return;
        Schema inner = field.Schema;
        while (inner.Type is SchemaType.List or SchemaType.Map && inner.Items is { } items)
            inner = items;
        foreach (Field child in inner.Fields)
            Rows(text, child, $"{path}{suffix}.{child.Name}");
    }

    private static string Suffix(Schema schema) => schema.Type switch
    {
        SchemaType.List => "[]" + (schema.Items is { } items ? Suffix(items) : ""),
        SchemaType.Map => "[key]" + (schema.Items is { } items ? Suffix(items) : ""),
        _ => "",
    };

    private static string Word(Effect effect) => effect switch
    {
        Effect.Applied => "applied",
        Effect.NotYet => "not yet",
        _ => "not here",
    };

    // As the usual renderers make anchors of headings: lower case, spaces to '-', punctuation dropped.
    private static string Anchor(ResourceKind kind) => $"{kind.Kind}-{kind.Group.Replace(".", "", StringComparison.Ordinal)}".ToLowerInvariant();
}
