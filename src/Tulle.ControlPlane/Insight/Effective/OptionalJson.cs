using System.Text.Json;

namespace Tulle.ControlPlane.Insight.Effective;

/// <summary>Messages of the protocol that may be missing.</summary>
internal static class OptionalJson
{
    /// <summary>An object with what is written into it; null without a message.</summary>
    public static void WriteOptional<T>(this Utf8JsonWriter json, string name, T? value, Action<Utf8JsonWriter, T> write) where T : class
    {
        if (value is null)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartObject(name);
        write(json, value);
        json.WriteEndObject();
    }
}
