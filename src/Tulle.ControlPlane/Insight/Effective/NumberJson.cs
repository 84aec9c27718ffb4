using System.Text.Json;

namespace Tulle.ControlPlane.Insight.Effective;

/// <summary>Numbers of the protocol, where 0 mostly means that nothing is set.</summary>
internal static class NumberJson
{
    private const double Million = 1_000_000;

    /// <summary>Null for 0.</summary>
    public static void WriteSet(this Utf8JsonWriter json, string name, double value)
    {
        if (value > 0) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    /// <summary>Several numbers, each null for 0.</summary>
    public static void WriteSet(this Utf8JsonWriter json, params ReadOnlySpan<(string Name, double Value)> numbers)
    {
        foreach ((string name, double value) in numbers) json.WriteSet(name, value);
    }

    /// <summary>Parts per million as a share of 1.</summary>
    public static void WriteShare(this Utf8JsonWriter json, string name, uint ppm) => json.WriteNumber(name, ppm / Million);
}
