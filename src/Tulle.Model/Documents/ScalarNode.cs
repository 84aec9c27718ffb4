using System.Globalization;

namespace Tulle.Model.Documents;

/// <summary>What a scalar is.</summary>
public enum ScalarKind
{
    String,
    Integer,
    Float,
    Boolean,
    Null,
}

/// <summary>A single value. <paramref name="text"/> is what was written, so <c>0x10</c> stays that while its kind is integer.</summary>
public sealed class ScalarNode(SourceLocation location, string text, ScalarKind kind) : Node(location)
{
    public string Text { get; } = text;

    public ScalarKind Kind { get; } = kind;

    public static ScalarNode String(string text, SourceLocation location = default) => new(location, text, ScalarKind.String);

    /// <summary>The value of an integer, or of a float without a fraction, as JSON has no other way to tell them apart.</summary>
    public bool TryGetInteger(out long value)
    {
        value = 0;
        if (Kind == ScalarKind.Integer)
            return ScalarResolver.TryParseInteger(Text, out value);
        if (Kind != ScalarKind.Float || !TryGetNumber(out double number) || number != Math.Truncate(number) || Math.Abs(number) >= 9e15)
            return false;
        value = (long)number;
        return true;
    }

    public bool TryGetNumber(out double value)
    {
        if (Kind == ScalarKind.Integer && ScalarResolver.TryParseInteger(Text, out long integer))
        {
            value = integer;
            return true;
        }
        value = 0;
        return Kind is ScalarKind.Integer or ScalarKind.Float
            && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    public bool TryGetBoolean(out bool value)
    {
        value = Kind == ScalarKind.Boolean && ScalarResolver.IsTrue(Text);
        return Kind == ScalarKind.Boolean;
    }

    public override string Describe() => Kind switch
    {
        ScalarKind.Null => "nothing",
        ScalarKind.Boolean => $"the boolean {Text}",
        ScalarKind.Integer or ScalarKind.Float => $"the number {Text}",
        _ => Text.Length <= 60 ? $"the string \"{Text}\"" : $"the string \"{Text.AsSpan(0, 57)}...\"",
    };

    public override bool SameValue(Node other)
    {
        if (other is not ScalarNode scalar)
            return false;
        if (Kind is ScalarKind.Integer or ScalarKind.Float && scalar.Kind is ScalarKind.Integer or ScalarKind.Float)
        {
            if (TryGetInteger(out long mine) && scalar.TryGetInteger(out long theirs))
                return mine == theirs;
            return TryGetNumber(out double number) && scalar.TryGetNumber(out double otherNumber) && number.Equals(otherNumber);
        }
        return Kind == scalar.Kind && Kind switch
        {
            ScalarKind.Null => true,
            ScalarKind.Boolean => ScalarResolver.IsTrue(Text) == ScalarResolver.IsTrue(scalar.Text),
            _ => Text == scalar.Text,
        };
    }
}
