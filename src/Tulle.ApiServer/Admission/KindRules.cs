using System.Text.Json.Nodes;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Admission;

/// <summary>What the API server itself does with objects of one kind, beyond what it does with every object.</summary>
internal abstract class KindRules
{
    /// <summary>For kinds that nothing more is done with.</summary>
    public static readonly KindRules None = new NoRules();

    /// <summary>Fills in what the author left out. Called before every check, on create and update.</summary>
    public virtual void Default(JsonObject value, JsonObject? old)
    {
    }

    /// <summary>Fields that may not change, and what the schema cannot say.</summary>
    public virtual void Validate(JsonObject value, JsonObject? old, List<Cause> causes)
    {
    }

    /// <summary>What the author should know about an object that is admitted.</summary>
    public virtual IEnumerable<string> Warnings(JsonObject value) => [];

    protected static Cause Immutable(string field, JsonNode? value) =>
        new("FieldValueInvalid", field, $"Invalid value: {Quoted(value)}: field is immutable");

    protected static Cause Required(string field, string why = "") =>
        new("FieldValueRequired", field, why.Length == 0 ? "Required value" : $"Required value: {why}");

    protected static string Quoted(JsonNode? value) =>
        value is JsonValue scalar && scalar.TryGetValue(out string? text) ? $"\"{text}\"" : value is null ? "null" : value.Display();

    /// <summary>Sets a field that is absent.</summary>
    protected static void SetDefault(JsonObject? parent, string name, JsonNode value)
    {
        if (parent is not null && parent.Child(name) is null) parent[name] = value;
    }

    private sealed class NoRules : KindRules;
}
