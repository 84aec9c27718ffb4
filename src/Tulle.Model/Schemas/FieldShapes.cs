namespace Tulle.Model.Schemas;

/// <summary>
/// Words to write the fields of an object with. Each takes the field's name and its description; qualifiers follow:
/// <c>Duration("timeout", "…").NotYet()</c>.
/// </summary>
internal static class FieldShapes
{
    public static Field Text(string name, string description, string? format = null) => new(name, Shape.String(description, format));

    public static Field Choice(string name, string description, params IReadOnlyList<string> values) => new(name, Shape.Choice(description, values));

    public static Field Integer(string name, string description, double min = int.MinValue, double max = int.MaxValue) =>
        new(name, Shape.Integer(description, min, max));

    public static Field Port(string name, string description) => new(name, Shape.Integer(description, 1, 65535));

    public static Field Number(string name, string description, double min = double.MinValue, double max = double.MaxValue) =>
        new(name, Shape.Number(description, min, max));

    public static Field Flag(string name, string description) => new(name, Shape.Boolean(description));

    public static Field Duration(string name, string description) => new(name, Shape.String(description, "duration"));

    public static Field IntegerOrString(string name, string description) =>
        new(name, new Schema { Type = SchemaType.IntegerOrString, Description = description });

    public static Field Texts(string name, string description) => new(name, Shape.List(Shape.String(), description));

    public static Field Integers(string name, string description) => new(name, Shape.List(Shape.Integer(), description));

    public static Field TextMap(string name, string description) => new(name, Shape.Map(Shape.String(), description));

    public static Field List(string name, string description, Schema items) => new(name, Shape.List(items, description));

    public static Field Map(string name, string description, Schema items) => new(name, Shape.Map(items, description));

    public static Field Object(string name, string description, params IReadOnlyList<Field> fields) => new(name, Shape.Object(description, fields));

    public static Field Any(string name, string description) => new(name, Shape.Any(description));

    /// <summary>A field whose shape is shared; its own description, when given, replaces the shape's.</summary>
    public static Field Of(string name, Schema schema, string? description = null) =>
        new(name, description is null ? schema : schema with { Description = description });

    public static Field Required(this Field field) => field with { Required = true };

    public static Field NotYet(this Field field) => field with { Effect = Effect.NotYet };

    public static Field NotHere(this Field field) => field with { Effect = Effect.NotHere };

    /// <summary>Marks a field deprecated; <paramref name="instead"/> is what to write in its place.</summary>
    public static Field Deprecated(this Field field, string instead) => field with { Deprecated = instead };
}
