namespace Tulle.Model.Schemas;

/// <summary>The shapes a value may have.</summary>
public enum SchemaType
{
    String,
    Integer,
    Number,
    Boolean,

    /// <summary>An integer or a string, as <c>Service.spec.ports[].targetPort</c>.</summary>
    IntegerOrString,

    /// <summary>Named fields, each with its own schema (<see cref="Schema.Fields"/>).</summary>
    Object,

    /// <summary>Arbitrary keys, values of one schema (<see cref="Schema.Items"/>).</summary>
    Map,

    /// <summary>Elements of one schema (<see cref="Schema.Items"/>).</summary>
    List,

    /// <summary>Anything: kept as it is, never looked into.</summary>
    Any,
}

/// <summary>Whether a field does anything in this version of Tulle. A field that is set and does not is said in a warning.</summary>
public enum Effect
{
    /// <summary>Takes effect, or is mere data (metadata, status).</summary>
    Applied,

    /// <summary>Admitted and kept, but without effect yet.</summary>
    NotYet,

    /// <summary>Admitted and kept; will never take effect here (EnvoyFilter, Wasm).</summary>
    NotHere,
}

/// <summary>
/// The shape of a value in a resource: the one description from which come unknown-field and type checks, the API
/// server's OpenAPI document (and so <c>kubectl explain</c>), strategic merge patches, and the support matrix in the docs.
/// </summary>
public sealed record Schema
{
    public required SchemaType Type { get; init; }

    /// <summary>One or two sentences for <c>kubectl explain</c>.</summary>
    public string Description { get; init; } = "";

    /// <summary>Fields of an <see cref="SchemaType.Object"/>, in the order they are explained.</summary>
    public IReadOnlyList<Field> Fields { get; init; } = [];

    /// <summary>Schema of the elements of a list or the values of a map.</summary>
    public Schema? Items { get; init; }

    /// <summary>For strings: the values allowed; empty means any.</summary>
    public IReadOnlyList<string> Enum { get; init; } = [];

    /// <summary>For strings: a format that is checked: <c>duration</c>, <c>date-time</c>, <c>int64</c>, <c>byte</c>…</summary>
    public string? Format { get; init; }

    /// <summary>For lists in a strategic merge patch: the field that tells elements apart; empty for lists of scalars that merge as sets; null replaces the list whole.</summary>
    public string? MergeKey { get; init; }

    /// <summary>For integers and numbers: the bounds allowed, inclusive.</summary>
    public (double Min, double Max)? Range { get; init; }

    /// <summary>Accept fields that are not listed (Kubernetes: x-kubernetes-preserve-unknown-fields).</summary>
    public bool PreserveUnknown { get; init; }
}

/// <summary>A named field of an object.</summary>
/// <param name="Name">Its name in camel case, as YAML has it.</param>
/// <param name="Schema">Its value's shape.</param>
/// <param name="Required">Whether an object without it is refused.</param>
/// <param name="Effect">Whether it does anything in this version.</param>
/// <param name="Deprecated">What to write instead, when the field is deprecated; null otherwise.</param>
public sealed record Field(string Name, Schema Schema, bool Required = false, Effect Effect = Effect.Applied, string? Deprecated = null);
