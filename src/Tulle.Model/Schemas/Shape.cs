namespace Tulle.Model.Schemas;

/// <summary>Words to write schemas with: each names the shape of a value.</summary>
internal static class Shape
{
    public static Schema Object(string description, params IReadOnlyList<Field> fields) =>
        new() { Type = SchemaType.Object, Description = description, Fields = fields };

    public static Schema String(string description = "", string? format = null) =>
        new() { Type = SchemaType.String, Description = description, Format = format };

    public static Schema Choice(string description, params IReadOnlyList<string> values) =>
        new() { Type = SchemaType.String, Description = description, Enum = values };

    public static Schema Integer(string description = "", double min = int.MinValue, double max = int.MaxValue) =>
        new() { Type = SchemaType.Integer, Description = description, Range = (min, max) };

    public static Schema Number(string description = "", double min = double.MinValue, double max = double.MaxValue) =>
        new() { Type = SchemaType.Number, Description = description, Range = (min, max) };

    public static Schema Boolean(string description = "") => new() { Type = SchemaType.Boolean, Description = description };

    public static Schema List(Schema items, string description = "") =>
        new() { Type = SchemaType.List, Description = description, Items = items };

    public static Schema Map(Schema items, string description = "") =>
        new() { Type = SchemaType.Map, Description = description, Items = items };

    public static Schema Any(string description = "") => new() { Type = SchemaType.Any, Description = description };

    /// <summary>The schema of a whole object: <c>spec</c> and, when given, <c>status</c>.</summary>
    public static Schema Resource(string description, Schema spec, bool specRequired = false, Schema? status = null)
    {
        var fields = new List<Field> { new("spec", spec, Required: specRequired) };
        if (status is not null)
            fields.Add(new Field("status", status));
        return Object(description, fields);
    }
}
