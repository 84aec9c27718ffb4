namespace Tulle.Proxy.Configuration;

/// <summary>How a field is written in JSON and in a protobuf message.</summary>
internal enum JsonKind : byte
{
    /// <summary>String or bytes, as text.</summary>
    Text,

    Boolean,

    /// <summary>uint32, uint64 or int64 that is not negative, with the largest value that makes sense.</summary>
    Number,

    /// <summary>int64 that may be negative.</summary>
    Signed,

    /// <summary>double.</summary>
    Fraction,

    /// <summary>An enum by the names given.</summary>
    Choice,

    Message,

    /// <summary>A message whose only field is a list, as that list.</summary>
    WrappedList,
}

/// <summary>A field of a message. Immutable.</summary>
/// <param name="Name">In JSON: the message's own name in camel case.</param>
/// <param name="Number">In protobuf.</param>
internal sealed record JsonField(string Name, int Number, JsonKind Kind)
{
    public bool IsList { get; init; }

    /// <summary>Of a message or wrapped list; a function, because messages may hold themselves.</summary>
    public Func<JsonMessage>? Message { get; init; }

    /// <summary>Names of a choice with their numbers.</summary>
    public IReadOnlyList<(string Name, int Number)> Choices { get; init; } = [];

    public long Max { get; init; } = uint.MaxValue;

    /// <summary>Fields of one group exclude each other.</summary>
    public string OneOf { get; init; } = "";

    /// <summary>What a field that is left out means, where that is not protobuf's zero; -1: zero.</summary>
    public long Default { get; init; } = -1;

    /// <summary>The text is turned into lower case.</summary>
    public bool IsLowerCase { get; init; }
}

/// <summary>A message as JSON. Immutable.</summary>
/// <param name="Fields">All that may be given.</param>
internal sealed record JsonMessage(params IReadOnlyList<JsonField> Fields)
{
    /// <summary>The group of which exactly one must be given; empty for none.</summary>
    public string Required { get; init; } = "";

    public JsonField? Find(ReadOnlySpan<byte> utf8)
    {
        foreach (JsonField field in Fields)
        {
            if (System.Text.Ascii.Equals(utf8, field.Name)) return field;
        }
        return null;
    }
}
