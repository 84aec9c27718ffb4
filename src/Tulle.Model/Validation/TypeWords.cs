using Tulle.Model.Documents;
using Tulle.Model.Schemas;

namespace Tulle.Model.Validation;

/// <summary>What to say of a value that has the wrong type.</summary>
internal static class TypeWords
{
    public static string Expected(SchemaType type) => type switch
    {
        SchemaType.String => "a string",
        SchemaType.Integer => "a whole number",
        SchemaType.Number => "a number",
        SchemaType.Boolean => "true or false",
        SchemaType.IntegerOrString => "a whole number or a string",
        SchemaType.List => "a list",
        _ => "a mapping",
    };

    public static string Remedy(Schema schema, Node node) => (schema.Type, node) switch
    {
        (SchemaType.String, ScalarNode { Kind: ScalarKind.Integer } scalar) when schema.Format is "duration" or "go-duration" or "gateway-duration" => $"write it with its unit: {scalar.Text}s",
        (SchemaType.String, ScalarNode scalar) => $"put it in quotes: \"{scalar.Text}\"",
        (SchemaType.Integer or SchemaType.Number, ScalarNode { Kind: ScalarKind.String } scalar) when ScalarResolver.Resolve(scalar.Text) is ScalarKind.Integer or ScalarKind.Float
            => $"write it without quotes: {scalar.Text}",
        (SchemaType.Boolean, ScalarNode { Kind: ScalarKind.String } scalar) when ScalarResolver.Resolve(scalar.Text) == ScalarKind.Boolean
            => $"write it without quotes: {scalar.Text}",
        (SchemaType.List, _) => "start each element with '- '",
        (SchemaType.Object, _) when schema.Fields.Count > 0 => $"write its fields below it: {string.Join(", ", schema.Fields.Take(6).Select(field => field.Name))}",
        (SchemaType.Object or SchemaType.Map, _) => "write 'key: value' lines below it",
        _ => "",
    };
}
