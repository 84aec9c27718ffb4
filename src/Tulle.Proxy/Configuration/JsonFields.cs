using System.Globalization;
using Tulle.Protocol;

namespace Tulle.Proxy.Configuration;

/// <summary>Words in which a schema's rows are written.</summary>
internal static class JsonFields
{
    public static JsonField Text(string name, int number) => new(name, number, JsonKind.Text);

    public static JsonField LowerText(string name, int number) => new(name, number, JsonKind.Text) { IsLowerCase = true };

    public static JsonField Boolean(string name, int number) => new(name, number, JsonKind.Boolean);

    public static JsonField Number(string name, int number, long max = uint.MaxValue) => new(name, number, JsonKind.Number) { Max = max };

    /// <summary>Up to ten years.</summary>
    public static JsonField Milliseconds(string name, int number) => new(name, number, JsonKind.Number) { Max = 315_360_000_000 };

    public static JsonField Fraction(string name, int number) => new(name, number, JsonKind.Fraction);

    public static JsonField Choice<T>(string name, int number, NameTable<T> names)
        where T : struct, Enum
        => new(name, number, JsonKind.Choice) { Choices = [.. names.All.Select(pair => (pair.Name, Convert.ToInt32(pair.Value, CultureInfo.InvariantCulture)))] };

    public static JsonField Message(string name, int number, Func<JsonMessage> message) => new(name, number, JsonKind.Message) { Message = message };

    public static JsonField Messages(string name, int number, Func<JsonMessage> message) => Message(name, number, message) with { IsList = true };

    public static JsonField List(string name, int number, Func<JsonMessage> message) => new(name, number, JsonKind.WrappedList) { Message = message };
}
